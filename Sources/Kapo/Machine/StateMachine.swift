/// What all machines have in common, so that one runner can drive them.
package protocol StateMachine {
    associatedtype Event: MachineEvent
    associatedtype Action

    /// The monotonic time at which the machine wants `.deadline`; nil when it waits for something else.
    var deadline: Int64? { get }
    /// Takes one event that happened at `now`, moves on, and says what is to be done.
    mutating func handle(_ event: Event, at now: Moment) -> [Action]
}

/// The event that every machine knows.
package protocol MachineEvent {
    /// The deadline that the machine named has passed.
    static var deadline: Self { get }
}

extension ChildEvent: MachineEvent {}
extension ChildMachine: StateMachine {}

extension WatchEvent: MachineEvent {}
extension WatchMachine: StateMachine {}

extension CheckEvent: MachineEvent {}
extension CheckMachine: StateMachine {}
