import CLinux

/// A limit of setrlimit(2) for a command.
package struct Limit: Sendable {
    let values: kapo_limit

    /// The limit of the resource of that name: setrlimit(2)'s, in lower case without RLIMIT_. Nil is unlimited; other
    /// numbers are below `UInt64.max`, and `soft` is not above `hard`. Nil when there is no such resource.
    package init?(name: String, soft: UInt64?, hard: UInt64?) {
        // The string lives through the call that compares it.
        let number = unsafe kapo_limit_number(name)
        guard number >= 0 else { return nil }
        values = kapo_limit(resource: number, soft: soft ?? .max, hard: hard ?? .max)
    }
}
