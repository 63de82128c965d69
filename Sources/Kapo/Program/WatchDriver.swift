import Host
import Logging
import Loop
import Machine

/// `watch`: turns the process list and the ends of processes into events, and the machine's actions into effects.
final class WatchDriver: ProgramMode {
    let signals = Signals.stopping

    /// Processes whose end is an event. Each takes a descriptor; the end of further ones shows at the next look.
    static var mostFollowed: Int { min(4096, Descriptor.limit / 4) }

    private let runtime: Runtime
    private let command: String
    private let place: StatusBoard.Place
    private let name: ProcessName
    private let pid: Int32?
    private var followed: [ProcessIdentity: Followed] = [:]
    private var runner: MachineRunner<WatchMachine>?

    init(_ runtime: Runtime, _ place: StatusBoard.Place, name: Word, pid: Int32?, intervalNanoseconds: Int64) {
        self.runtime = runtime
        self.place = place
        self.name = ProcessName(name)
        command = name.text
        self.pid = pid
        let machine = WatchMachine(interval: intervalNanoseconds, watchesOneProcess: pid != nil)
        runner = MachineRunner(runtime.loop, machine) { machine in
            runtime.board.publish(machine.reports, machine.health, at: place)
        } perform: { [unowned self] in
            perform($0)
        }
    }

    /// Looks for the first time.
    func begin() {
        send(.begin)
        runtime.manager.ready(runtime.board)
    }

    /// Tells the machine what happened.
    func send(_ event: WatchEvent) { runner?.send(event) }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        switch number {
        case Signals.terminate, Signals.interrupt: send(.askedToStop)
        default: break
        }
    }

    private func perform(_ action: WatchAction) {
        switch action {
        case .look: look()
        case .follow(let identity): follow(identity)
        case .unfollow(let identity): followed[identity] = nil
        case .log(.found(let pid)): runtime.log.info("\(command) is running", metadata: ["pid": "\(pid)"])
        case .log(.gone(let pid)): runtime.log.info("\(command) is gone", metadata: ["pid": "\(pid)"])
        case .finish: runtime.finish(code: 0)
        }
    }

    private func look() {
        let found = ProcessList.find(name, pid: pid) { pid, startTicks in
            followed[ProcessIdentity(pid: pid, startTicks: startTicks)] != nil
        }
        send(.looked(found.map(Sighting.init)))
    }

    private func follow(_ identity: ProcessIdentity) {
        guard followed.count < Self.mostFollowed else { return send(.notFollowed(identity)) }
        do throws(SystemError) {
            let process = try ProcessList.follow(pid: identity.pid, startTicks: identity.startTicks)
            followed[identity] = Followed(runtime.loop, process) { [unowned self] in send(.ended(identity)) }
        } catch {
            if error.isNoSuchProcess { return send(.ended(identity)) }
            send(.notFollowed(identity))
            runtime.log.warning(
                "its end will show at the next look only: \(error)", metadata: ["pid": "\(identity.pid)"])
        }
    }
}

/// A process whose end is an event.
private final class Followed {
    private let process: ProcessHandle
    private let watch: DescriptorWatch

    init(_ loop: EventLoop, _ process: consuming ProcessHandle, whenEnded: @escaping () -> Void) {
        watch = DescriptorWatch(loop, process.number, .readable, whenEnded)
        self.process = process
        watch.start()
    }

    deinit { watch.stop() }
}

extension Sighting {
    fileprivate init(_ found: ProcessList.Found) {
        self.init(
            identity: ProcessIdentity(pid: found.pid, startTicks: found.startTicks), startedAt: found.startedAt)
    }
}
