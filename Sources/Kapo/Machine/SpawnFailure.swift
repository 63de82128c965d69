/// Why a command could not be started.
package struct SpawnFailure: Error, Equatable, Sendable {
    /// What decides the exit code, in the way of shells and of env(1).
    package enum Kind: Sendable {
        /// There is no such command.
        case notFound
        /// There is such a file, and the kernel will not execute it.
        case notExecutable
        /// Kapo or the system lacks memory, processes or descriptors.
        case noResources

        /// The code that Kapo ends with when the first start fails: 127, 126 or 125.
        package var exitCode: Int32 {
            switch self {
            case .notFound: 127
            case .notExecutable: 126
            case .noResources: 125
            }
        }
    }

    package var kind: Kind
    /// A sentence for people: the command, and what the kernel said.
    package var reason: String

    /// A failure of that kind, with its reason.
    package init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
