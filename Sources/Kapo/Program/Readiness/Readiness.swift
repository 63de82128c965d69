import Config
import Host
import Loop
import Machine

/// Learns when one run of the command is ready, and hears its signs of life.
final class Readiness {
    /// What it tells.
    enum News {
        case ready, alive
    }

    private let notify: NotifyListener?
    private let line: LineListener?
    private let descriptor: Int32
    private let watchdogNanoseconds: Int64?
    private var prober: Prober?
    private var probing: Int32?
    private let sides: SideCommands

    /// What a run is asked in which way. `command` is the one that will be started; `sides` runs the probes.
    init(
        _ loop: EventLoop, _ check: ReadyCheck, watchdogNanoseconds: Int64?, _ sides: SideCommands,
        _ command: Command, tell: @escaping (News) -> Void
    ) throws(SystemError) {
        self.sides = sides
        self.watchdogNanoseconds = watchdogNanoseconds
        notify =
            check == .notify || watchdogNanoseconds != nil
            ? try NotifyListener(loop, user: command.account?.user) { message in
                switch message {
                case .ready: if check == .notify { tell(.ready) }
                case .alive: tell(.alive)
                }
            } : nil
        if case .descriptor(let number) = check {
            descriptor = number
            line = try LineListener(loop) { tell(.ready) }
        } else {
            descriptor = -1
            line = nil
        }
        switch check {
        case .started, .notify, .descriptor: break
        case .tcp(let port):
            let probe = ConnectionProbe(loop, port: port)
            prober = Prober(loop, attempt: probe.probe) { tell(.ready) }
        case .exec(let text):
            prober = Prober(loop) { [unowned self] whenKnown in
                run(text, command, whenKnown)
            } whenReady: {
                tell(.ready)
            }
        }
    }

    deinit { if let probing { sides.signal(probing, Signals.kill) } }

    /// Gives the command what it needs to tell.
    func equip(_ command: inout Command) {
        var variables: [(name: String, value: String)] = []
        if let notify { variables.append((Notifier.variable, notify.name)) }
        if let watchdogNanoseconds { variables.append(("WATCHDOG_USEC", String(watchdogNanoseconds / 1000))) }
        command.environment = Variables.set(variables, in: command.environment)
        if let line { command.ready = (descriptor: line.writeEnd, number: descriptor) }
    }

    private func run(_ text: String, _ command: Command, _ whenKnown: @escaping (Bool) -> Void) {
        do {
            probing = try sides.start(text, like: command) { [weak self] status in
                self?.probing = nil
                whenKnown(status == .exited(0))
            }
        } catch {
            whenKnown(false)
        }
    }
}
