import Host
import Machine

/// `kapo immortal`: one service, with which Kapo ends.
final class LoneService: ServiceKeeper, ProgramMode {
    private let runtime: Runtime
    private var service: Service?

    /// Throws why the service cannot be had.
    init(_ runtime: Runtime, _ options: ServiceOptions, _ inherited: Signals.Inherited, in homes: Word?) throws {
        self.runtime = runtime
        service = try Service(options, runtime, inherited, in: homes, for: self)
    }

    var startFailure: String? { service?.startFailure }

    /// Starts it.
    func begin() { service?.begin() }

    /// Takes a signal that came to Kapo.
    func receive(_ number: Int32) {
        switch number {
        case Signals.child: runtime.reaper.reap()
        case Signals.terminate, Signals.interrupt:
            runtime.manager.stopping()
            if runtime.isFinishing { runtime.finish(code: 0) } else { service?.end(by: number) }
        default: service?.pass(number)
        }
    }

    func changed(_ service: Service) {}

    func ended(_ service: Service, code: Int32) { runtime.finish(code: code) }
}
