import Host
import Loop
import Machine

/// Feeds a machine with events, one after the other, and has its actions performed.
final class MachineRunner<M: StateMachine> {
    private let publish: (M) -> Void
    private let perform: (M.Action) -> Void
    private(set) var machine: M
    private var deadline: DeadlineTimer?
    private var pending: [M.Event] = []
    private var isBusy = false

    init(
        _ loop: EventLoop, _ machine: M, publish: @escaping (M) -> Void,
        perform: @escaping (M.Action) -> Void
    ) {
        self.machine = machine
        self.publish = publish
        self.perform = perform
        deadline = DeadlineTimer(loop) { [unowned self] in send(.deadline) }
    }

    /// Gives the machine an event. The document changes before the actions are performed, and an event that one of them
    /// causes waits until all are: the machine is never re-entered.
    func send(_ event: M.Event) {
        pending.append(event)
        guard !isBusy else { return }
        isBusy = true
        while !pending.isEmpty {
            let now = Moment(monotonic: Clock.monotonic, wall: Clock.wall)
            let actions = machine.handle(pending.removeFirst(), at: now)
            publish(machine)
            deadline?.move(to: machine.deadline)
            for action in actions { perform(action) }
        }
        isBusy = false
    }

    /// Changes the machine itself, between two events.
    func change(_ body: (inout M) -> Void) {
        body(&machine)
        publish(machine)
        deadline?.move(to: machine.deadline)
    }
}
