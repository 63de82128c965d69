/// What `run` and `supervise` want done with the command: they are one machine with different policies.
package struct ChildPolicy: Equatable, Sendable {
    /// What happens after the command has ended.
    package enum AfterExit: Equatable, Sendable {
        /// `run`: keep reporting for this many nanoseconds, then end.
        case finish(afterNanoseconds: Int64)
        /// `supervise`: start the command again after this many nanoseconds.
        case restart(afterNanoseconds: Int64)
    }

    package var afterExit: AfterExit
    /// Nanoseconds that the command may run before it is stopped; nil for ever.
    package var ttlNanoseconds: Int64?
    /// Nanoseconds between the TERM of an expired TTL and the KILL.
    package var graceNanoseconds: Int64

    /// A policy; `run` passes `.finish`, `supervise` passes `.restart`.
    package init(afterExit: AfterExit, ttlNanoseconds: Int64?, graceNanoseconds: Int64) {
        self.afterExit = afterExit
        self.ttlNanoseconds = ttlNanoseconds
        self.graceNanoseconds = graceNanoseconds
    }
}
