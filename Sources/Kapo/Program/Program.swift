import Document
import Host
import Loop
import Machine

/// The program: builds the parts, connects them, and runs until the end.
package enum Program {
    /// Why the parts could not be built, in words for people. Commands say it and end with `KapoExit.failed`.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// Does what the options say and returns the exit code. `inherited` are the signals that Kapo was started with.
    /// `whenBegun` is called when all that can fail at the beginning has been done, with what failed if Kapo is about
    /// to end because of that; it is not called when this throws.
    package static func run(
        _ options: Options, _ inherited: Signals.Inherited, whenBegun: (String?) -> Void = { _ in }
    ) throws(Failure) -> Int32 {
        do {
            let loop = try EventLoop()
            if case .proxy(let proxy) = options.job { try proxy.setDescriptorLimit() }
            let console = try Console(loop, options)
            let board = StatusBoard(options.job.subject)
            var socket: StatusSocket?
            if options.listen.isWanted {
                socket = try open(options, loop, console, board)
                if socket == nil { return KapoExit.failed }
            }
            let runtime = Runtime(loop, console, board, socket)
            let metrics = MetricsReader(console, board)
            socket?.metrics = metrics.read
            warn(options, runtime)
            let mode = try mode(options, runtime, inherited, socket, metrics)
            return try run(runtime, mode, whenBegun)
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    private static func open(
        _ options: Options, _ loop: EventLoop, _ console: Console, _ board: StatusBoard
    ) throws(Failure) -> StatusSocket? {
        do throws(StatusSocket.Failure) {
            return try StatusSocket(
                loop, options.listen, board, reservedDescriptors: options.job.reservedDescriptors)
        } catch {
            // Whoever waits for a daemon does not see its log.
            if options.isDaemon { throw Failure(description: "\(error)") }
            console.log.error("\(error)")
            return nil
        }
    }

    private static func warn(_ options: Options, _ runtime: Runtime) {
        let output = options.output
        if output.logsLines && !output.capturesStandardOutput && !output.capturesStandardError {
            runtime.log.warning("--stdlog has nothing to log: it goes with --stdout or --stderr")
        }
    }

    // MARK: Modes

    private static func mode(
        _ options: Options, _ runtime: Runtime, _ inherited: Signals.Inherited, _ socket: StatusSocket?,
        _ metrics: MetricsReader
    ) throws -> any ProgramMode {
        let sidebindPort = socket?.sidebindPort ?? 0
        switch options.job {
        case .child(let child):
            if let number = child.parentDeathSignal { try Signals.dieWithParent(number, parent: inherited.parent) }
            return try LoneCommand(runtime, child, inherited, sidebindPort: sidebindPort)
        case .services(let services):
            switch services.source {
            case .one(var service):
                if service.name.isEmpty { service.name = "\(Invocation.pid)" }
                return try LoneService(runtime, service, inherited, in: services.control)
            case .directory(let path, let read):
                return try ServiceDirectory(
                    runtime, inherited, path, homes: services.control, watches: services.watches, read: read)
            }
        case .watch(let name, let pid, let interval):
            // Nobody is there to pass other signals on to: they do to Kapo what they do to any program.
            Signals.release(Signals.forwarded.filter { !Signals.stopping.contains($0) }, inherited)
            let place = runtime.board.add(
                StatusEntry.Subject(
                    mode: .watch, command: name.text, arguments: [], sidebindPort: sidebindPort,
                    waitNanoseconds: interval), runtime.console)
            return WatchDriver(runtime, place, name: name, pid: pid, intervalNanoseconds: interval)
        case .proxy(let proxy):
            guard let socket else { preconditionFailure("a proxy that nobody can ask") }
            Signals.release(Signals.forwarded.filter { !Proxy.heard.contains($0) }, inherited)
            return try Proxy(runtime, proxy, on: socket, options.listen, metrics)
        case .httpok(let httpok):
            Signals.release(Signals.forwarded.filter { !Signals.stopping.contains($0) }, inherited)
            return try Httpok(runtime, httpok, inherited)
        }
    }

    private static func run(
        _ runtime: Runtime, _ mode: any ProgramMode, _ whenBegun: (String?) -> Void
    ) throws(SystemError) -> Int32 {
        let signals = try SignalDescriptor(mode.signals)
        let watch = DescriptorWatch(runtime.loop, signals.number, .readable) {
            while let number = signals.next() { mode.receive(number) }
        }
        watch.start()
        mode.begin()
        whenBegun(mode.startFailure)
        return withExtendedLifetime(watch) { runtime.run() }
    }
}

/// What Kapo can do for as long as it runs.
protocol ProgramMode: AnyObject {
    /// The signals that it hears.
    var signals: [Int32] { get }
    /// Begins. What can fail has been done before, but for the start of a command.
    func begin()
    /// Why it will end without having done anything; nil when that is not so.
    var startFailure: String? { get }
    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32)
}

extension ProgramMode {
    var startFailure: String? { nil }

    /// All that can be passed on, and those of children.
    var signals: [Int32] { Signals.forwarded + [Signals.child] }
}
