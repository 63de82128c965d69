/// What somebody orders of one service, through its control socket for instance. Kapo itself is asked by
/// `ChildEvent.askedToStop` and `ChildEvent.signalled`.
package enum Order: Equatable, Sendable {
    /// Start the command if it does not run, and start it again when it ends: at once, but never before the least life
    /// of the last run and the start delay are over. Failures, and the retries that were used, are forgotten.
    case up
    /// The same, but it is not started again after that end. A command that runs is in its last run.
    case once
    /// Stop the command as Kapo does it by itself, and do not start it before the next order.
    case down
    /// Stop the command if it runs, and start it again: as `up`.
    case restart
    /// Send this signal to the command alone, whatever the policy says of signals.
    case signal(Int32)
    /// Send KILL to the process group of the command; to the command alone if it was not Kapo that started it.
    case kill
    /// End Kapo with code 0, and leave the command as it is.
    case leave
}

/// What the last order, or Kapo itself as long as there was none, wants of the command.
package enum Wish: Sendable {
    /// It is to run, again and again.
    case up
    /// It is to run until it ends.
    case once
    /// It is not to run.
    case down
}
