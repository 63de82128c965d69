import Host
import Logging
import Loop
import Machine

/// `run` and `supervise`: turns what happens to the command into events, and the machine's actions into effects.
final class ChildDriver {
    private let runtime: Runtime
    private let inherited: Signals.Inherited
    private var command: Command
    private var pid: Int32?
    private var runner: MachineRunner<ChildMachine>?

    init(_ runtime: Runtime, words: [Word], _ policy: ChildPolicy, _ inherited: Signals.Inherited) {
        self.runtime = runtime
        self.inherited = inherited
        command = Command(words: words, environment: Invocation.environmentForCommand)
        command.output = runtime.console.commandOutput
        command.error = runtime.console.commandError
        runner = MachineRunner(runtime, ChildMachine(policy: policy)) { [unowned self] in perform($0) }
    }

    /// Starts the command for the first time.
    func begin() {
        send(.begin)
        if pid != nil { runtime.manager.ready() }
    }

    /// Tells the machine what happened.
    func send(_ event: ChildEvent) { runner?.send(event) }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        switch number {
        case Signals.child: reap()
        case Signals.terminate, Signals.interrupt:
            runtime.manager.stopping()
            if runtime.isFinishing { runtime.finish(code: 0) } else { send(.askedToStop(signal: number)) }
        default: send(.signalled(number))
        }
    }

    private func reap() {
        while let ended = Children.reap() {
            guard ended.pid == pid else { continue }
            pid = nil
            runtime.console.runEnded()
            send(.exited(ended.code.map { .exited($0) } ?? .signalled(ended.signal)))
        }
    }

    private func perform(_ action: ChildAction) {
        switch action {
        case .spawn: spawn()
        case .signalGroup(let pid, let number):
            do {
                try Signals.send(number, toGroupOf: pid)
            } catch {
                runtime.log.error("cannot send \(Signals.name(of: number)) to the command: \(error)")
            }
        case .log(let note): log(note)
        case .finish(let code): runtime.finish(code: code)
        }
    }

    private func spawn() {
        do throws(SystemError) {
            let pid = try command.spawn(inherited)
            self.pid = pid
            send(.spawned(pid: pid))
        } catch {
            send(.spawnFailed(SpawnFailure(error, command.words[0])))
        }
    }

    private func log(_ note: ChildNote) {
        let log = runtime.log
        let name = command.words[0].text
        switch note {
        case .started(let pid): log.info("started \(name)", metadata: ["pid": "\(pid)"])
        case .ended(let pid, .exited(let code)):
            log.info("\(name) ended with exit code \(code)", metadata: ["pid": "\(pid)"])
        case .ended(let pid, .signalled(let number)):
            log.info("\(name) was killed by \(Signals.name(of: number))", metadata: ["pid": "\(pid)"])
        case .restarts(let nanoseconds):
            log.info("starting \(name) again in \(Self.seconds(nanoseconds)) s")
        case .spawnFailed(let failure): log.error("\(failure.reason)")
        case .ttlExpired(let pid): log.info("time to live is over, stopping \(name)", metadata: ["pid": "\(pid)"])
        case .killing(let pid): log.warning("killing \(name) and its process group", metadata: ["pid": "\(pid)"])
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        nanoseconds % 1_000_000_000 == 0
            ? "\(nanoseconds / 1_000_000_000)" : "\(Double(nanoseconds) / 1_000_000_000)"
    }
}

extension SpawnFailure {
    /// What a failed posix_spawn means for people.
    fileprivate init(_ error: SystemError, _ command: Word) {
        let text = command.text
        let said = SystemError.text(of: error.code)
        switch Command.Trouble(error) {
        case .notFound where command.bytes.contains(UInt8(ascii: "/")) && File.exists(command):
            self.init(
                kind: .notFound, reason: "cannot start '\(text)': the interpreter or loader that it names is missing")
        case .notFound where command.bytes.contains(UInt8(ascii: "/")):
            self.init(kind: .notFound, reason: "cannot start '\(text)': \(said)")
        case .notFound:
            self.init(
                kind: .notFound,
                reason: "cannot start '\(text)': it, or the interpreter that it names, is not found along PATH")
        case .noResources: self.init(kind: .noResources, reason: "cannot start '\(text)': \(said)")
        case .notExecutable: self.init(kind: .notExecutable, reason: "cannot start '\(text)': \(said)")
        }
    }
}
