/// What all machines have in common, so that one runner can drive them.
package protocol StateMachine {
    associatedtype Event: MachineEvent
    associatedtype Action

    /// The monotonic time at which the machine wants `.deadline`; nil when it waits for something else.
    var deadline: Int64? { get }
    /// The entries of the document, as of the last event: never empty.
    var reports: [Report] { get }
    /// What load balancers are told, as of the last event.
    var health: Health { get }
    /// Takes one event that happened at `now`, moves on, and says what is to be done.
    mutating func handle(_ event: Event, at now: Moment) -> [Action]
}

/// The events that every machine knows.
package protocol MachineEvent {
    /// The listener is open: begin.
    static var begin: Self { get }
    /// The deadline that the machine named has passed.
    static var deadline: Self { get }
}

extension ChildEvent: MachineEvent {}
extension ChildMachine: StateMachine {
    /// One entry: the command.
    package var reports: [Report] { [report] }
}

extension WatchEvent: MachineEvent {}
extension WatchMachine: StateMachine {}
