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
    package static func run(_ options: Options, _ inherited: Signals.Inherited) throws(Failure) -> Int32 {
        do {
            let loop = try EventLoop()
            let console = try Console(loop, options)
            guard let socket = open(options, loop, console) else { return KapoExit.failed }
            let runtime = Runtime(loop, console, socket, options.job)
            warn(options, runtime)
            switch options.job {
            case .child(let child):
                if let number = child.parentDeathSignal {
                    try Signals.dieWithParent(number, parent: inherited.parent)
                }
                let driver = ChildDriver(runtime, child, inherited)
                return try run(
                    runtime, signals: Signals.forwarded + [Signals.child], driver.receive, begin: driver.begin)
            case .watch(let name, let pid, let interval):
                // Nobody is there to pass other signals on to: they do to Kapo what they do to any program.
                Signals.release(Signals.forwarded.filter { !Signals.stopping.contains($0) }, inherited)
                let driver = WatchDriver(runtime, name: name, pid: pid, intervalNanoseconds: interval)
                return try run(runtime, signals: Signals.stopping, driver.receive, begin: driver.begin)
            }
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    private static func open(_ options: Options, _ loop: EventLoop, _ console: Console) -> StatusSocket? {
        do throws(StatusSocket.Failure) {
            return try StatusSocket(
                loop, options.listen, reservedDescriptors: options.job.reservedDescriptors)
        } catch {
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

    private static func run(
        _ runtime: Runtime, signals numbers: [Int32], _ receive: @escaping (Int32) -> Void, begin: () -> Void
    ) throws(SystemError) -> Int32 {
        let signals = try SignalDescriptor(numbers)
        let watch = DescriptorWatch(runtime.loop, signals.number, .readable) {
            while let number = signals.next() { receive(number) }
        }
        watch.start()
        begin()
        return withExtendedLifetime(watch) { runtime.run() }
    }
}
