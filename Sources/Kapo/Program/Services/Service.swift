import Document
import Host
import Logging
import Loop
import Machine

/// Whoever keeps services.
protocol ServiceKeeper: AnyObject {
    /// The service is up now, or is not any more.
    func changed(_ service: Service)
    /// Nothing is left of the service; `code` is what its end means as an exit code.
    func ended(_ service: Service, code: Int32)
}

/// One service: its command, where that one writes to, and the socket by which it takes orders.
final class Service: ChildHost {
    let name: String
    private(set) var options: ServiceOptions
    let log: Logger
    let output: any CommandOutput

    private unowned let keeper: any ServiceKeeper
    private let runtime: Runtime
    private let place: StatusBoard.Place
    private var control: ControlSocket?
    private var driver: ChildDriver?
    private var departure: Timer?
    private var report = Report()
    private var health = Health(isLive: true, blocker: .waiting)
    /// The last process that ran; 0 before there was one.
    private var lastPID: Int32 = 0
    private(set) var hasBegun = false
    /// True once it was told to end for good.
    private(set) var isEnding = false
    /// True once its command is not started any more.
    private var hasFinished = false
    /// True when its process goes on without Kapo.
    private(set) var isLeft = false

    /// A service that has not begun. Takes its own directory among `homes`, if there are any; throws why it cannot.
    init(
        _ options: ServiceOptions, _ runtime: Runtime, _ inherited: Signals.Inherited, in homes: Word?,
        for keeper: any ServiceKeeper
    ) throws {
        name = options.name
        self.options = options
        self.keeper = keeper
        self.runtime = runtime
        var log = runtime.log
        if runtime.board.isOfServices { log[metadataKey: "service"] = "\(options.name)" }
        self.log = log
        // Made before there is a service that could be asked.
        let caller = Caller(options.child)
        let control = try homes.map { homes in
            try ControlSocket(
                runtime.loop, in: ControlDirectory(homes, name: options.name), options.access,
                status: { caller.status }, obey: caller.obey)
        }
        self.control = control
        let directory = control?.directoryNumber
        let keeping: ChildDriver.Keeping?
        do {
            keeping = try control.map(Self.keeping)
            output =
                try options.child.logs.map { try ServiceOutput.make($0, runtime, log, inherited, in: directory) }
                ?? InheritedOutput(runtime.console)
        } catch {
            control.map(Self.abandon)
            throw error
        }
        var subject = options.child.subject(sidebindPort: 0)
        subject.name = options.name
        place = runtime.board.add(subject, output)
        caller.service = self
        var child = options.child
        child.policy = Self.policy(of: child)
        driver = ChildDriver(self, child, inherited, keeping: keeping)
        var report = Report()
        report.checks = driver?.checks?.standings ?? []
        publish([report], health)
    }

    /// Whom the control socket asks: an object of its own, for the socket to hold.
    private final class Caller {
        weak var service: Service?
        private let command: String

        init(_ options: ChildOptions) { command = options.commandLine }

        var status: ControlStatus {
            service?.status
                ?? ControlStatus(pid: 0, phase: .waiting(""), command: command, followsPidFile: false, count: 0)
        }

        func obey(_ verb: ControlVerb) -> String? {
            guard let service else { return "it is not there any more" }
            return service.obey(verb)
        }
    }

    private static func keeping(_ control: ControlSocket) throws -> ChildDriver.Keeping {
        ChildDriver.Keeping(directory: control.directoryNumber, system: try ServiceRecord.system())
    }

    /// Gives the directory back when there is no service for it. What may still run there writes to its pipes.
    private static func abandon(_ control: ControlSocket) {
        if !ServiceRecord.mayName(in: control.directoryNumber) {
            ServiceOutput.removePipes(in: control.directoryNumber)
        }
        control.finish()
    }

    /// The policy of a command that nobody but Kapo sends signals to: the TERM by which it is to end becomes the signal
    /// that stops it, and none that is dropped.
    private static func policy(of child: ChildOptions) -> ChildPolicy {
        var policy = child.policy
        let sent = policy.signals.rewrites[Signals.terminate] ?? 0
        policy.signals.rewrites[Signals.terminate] = sent == 0 ? policy.signals.stop : sent
        return policy
    }

    /// True when it runs and is ready.
    var isUp: Bool { health.blocker == nil }

    /// Why it is over already: its command could not be started. Nil when that is not so.
    var startFailure: String? { hasFinished ? driver?.startFailure : nil }

    /// Starts it, or finds it running.
    func begin() {
        guard !hasBegun, !isEnding else { return }
        hasBegun = true
        driver?.begin()
    }

    /// Ends it for good, with what runs. A second call does not wait any longer.
    func end(by signal: Int32 = Signals.terminate) {
        isEnding = true
        guard hasBegun else { return leave(code: 0) }
        driver?.send(.askedToStop(signal: signal))
    }

    /// Passes on a signal that came to Kapo.
    func pass(_ signal: Int32) { driver?.send(.signalled(signal)) }

    /// Has what came with new options done without a restart. False when that cannot be.
    func adapt(to new: ServiceOptions) -> Bool {
        guard options.differsOnlyInPolicy(from: new) else { return false }
        options = new
        driver?.replace(Self.policy(of: new.child))
        return true
    }

    // MARK: What the driver asks for

    var loop: EventLoop { runtime.loop }
    var reaper: Reaper { runtime.reaper }
    var startDirectory: Int32? { runtime.startDirectory }
    var checkSupplies: CheckSupplies { runtime.checkSupplies }
    var serviceName: String? { name }
    var environment: [Word] { runtime.environment }
    // Whose orphans the others are, nobody knows.
    var leftoverScope: Leftovers.Scope { .group }

    func publish(_ reports: [Report], _ health: Health) {
        let wasUp = isUp
        report = reports[0]
        self.health = health
        if report.pid != 0 { lastPID = report.pid }
        runtime.board.publish(reports, health, at: place)
        if isUp != wasUp { keeper.changed(self) }
    }

    func finish(code: Int32) {
        hasFinished = true
        output.flush { [unowned self] in leave(code: code) }
    }

    // MARK: The end

    /// Not in this round of the loop: who gave the order by the control socket waits for the answer.
    private func leave(code: Int32) {
        guard departure == nil else { return }
        let farewell = Clock.monotonic + Runtime.farewell
        departure = Timer(loop) { [unowned self] in
            control?.finish()
            if control?.closeIdle() == false && Clock.monotonic < farewell {
                departure?.set(afterNanoseconds: 1_000_000)
            } else {
                ended(code: code)
            }
        }
        departure?.set(afterNanoseconds: 0)
    }

    private func ended(code: Int32) {
        // What goes on without Kapo writes on, and the next Kapo reads it.
        if let control, !isLeft { ServiceOutput.removePipes(in: control.directoryNumber) }
        control?.finish()
        // Gives the lock up: another one may have the directory now.
        control = nil
        runtime.board.remove(place)
        keeper.ended(self, code: code)
    }

    // MARK: What the control socket asks for

    private var status: ControlStatus {
        let phase: ControlStatus.Phase
        if !hasBegun {
            phase = .waiting("Waiting for \(options.requires.joined(separator: ", "))")
        } else if let startsAt = report.startsAt {
            phase = .starting(inNanoseconds: startsAt - Clock.monotonic)
        } else if report.pid != 0 {
            phase = .up(nanoseconds: max(0, Clock.wall - (report.startedAt ?? Clock.wall)))
        } else {
            phase = .down(nanoseconds: max(0, Clock.wall - (report.endedAt ?? Clock.wall)))
        }
        return ControlStatus(
            pid: report.pid == 0 ? lastPID : report.pid, phase: phase, command: options.child.commandLine,
            followsPidFile: report.isFollowed, count: report.starts)
    }

    /// Does what it is told; nil, or else why not.
    private func obey(_ verb: ControlVerb) -> String? {
        guard hasBegun else {
            return "\(name) is not started yet: it waits for \(options.requires.joined(separator: ", "))"
        }
        switch verb {
        case .up: driver?.send(.order(.up))
        case .once: driver?.send(.order(.once))
        case .down: driver?.send(.order(.down))
        case .restart: driver?.send(.order(.restart))
        case .halt: end()
        case .exit:
            guard options.endsWithKapo || Invocation.variable("IMMORTAL_EXIT")?.isEmpty == false else {
                return "set environment variable IMMORTAL_EXIT to exit"
            }
            isLeft = true
            isEnding = true
            driver?.send(.order(.leave))
        case .kill, .signal: return send(verb)
        }
        return nil
    }

    private func send(_ verb: ControlVerb) -> String? {
        guard report.pid != 0, let driver else { return "\"\(options.child.commandLine)\" not running" }
        driver.trouble = nil
        if case .signal(let number) = verb { driver.send(.order(.signal(number))) } else { driver.send(.order(.kill)) }
        return driver.trouble
    }
}
