/// What a subcommand that asks or orders, and then ends, has to say.
package struct ClientReport: Equatable, Sendable {
    /// For standard output.
    package var output: [UInt8] = []
    /// For standard error; nil when there is nothing to complain about.
    package var complaint: String?
    /// 0 when all that was meant has been reached and is as it should be, else 1.
    package var exitCode: Int32 = 0
}
