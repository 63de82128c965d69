/// What clients do, and when the content changes: a whole story, which two servers can be told alike.
///
/// A step that makes no sense where it stands, such as to send on a connection that is not open, does nothing: so any
/// part of a script is a script.
struct Script: Equatable, Sendable {
    /// How many connections a script can have at once.
    static let connections = 4

    var steps: [Step] = []

    /// The one thing that happens next.
    enum Step: Equatable, Sendable {
        /// Opens a connection.
        case open(Int, Flavour)
        /// Sends bytes. Without a pump between, the server reads them together with those before.
        case send(Int, [UInt8])
        /// Lets both servers work until nothing happens any more, and compares.
        case pump
        /// Lets the loop turn once, and compares nothing: what is answered later may still be owed behind that.
        case turn
        /// Changes the content, to one of that many bytes.
        case content(Int)
        /// Sends no more on a connection, but still reads.
        case finish(Int)
        /// Closes a connection.
        case close(Int)
        /// Closes a connection with a reset.
        case reset(Int)
        /// Reads nothing from a connection, until `resume`.
        case pause(Int)
        case resume(Int)
        /// Waits until the next second of the wall clock has begun.
        case second
    }

    /// What kind of connection it is.
    struct Flavour: Hashable, Sendable {
        /// Accepted only when the first bytes are there: TCP_DEFER_ACCEPT.
        var isDeferred = false
        /// With socket buffers that a large answer does not fit into.
        var isSmall = false
    }
}
