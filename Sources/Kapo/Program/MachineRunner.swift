import Loop
import Machine

/// Feeds a machine with events, one after the other, and has its actions performed.
final class MachineRunner<M: StateMachine> {
    private let runtime: Runtime
    private let perform: (M.Action) -> Void
    private var machine: M
    private var deadline: DeadlineTimer?
    private var pending: [M.Event] = []
    private var isBusy = false

    init(_ runtime: Runtime, _ machine: M, perform: @escaping (M.Action) -> Void) {
        self.runtime = runtime
        self.machine = machine
        self.perform = perform
        deadline = DeadlineTimer(runtime.loop) { [unowned self] in send(.deadline) }
    }

    /// Gives the machine an event. The document changes before the actions are performed, and an event that one of them
    /// causes waits until all are: the machine is never re-entered.
    func send(_ event: M.Event) {
        pending.append(event)
        guard !isBusy else { return }
        isBusy = true
        while !pending.isEmpty {
            let actions = machine.handle(pending.removeFirst(), at: runtime.now)
            runtime.publish(machine.reports, machine.health)
            deadline?.move(to: machine.deadline)
            for action in actions { perform(action) }
        }
        isBusy = false
    }
}
