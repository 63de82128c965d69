/// The connections that are open: a list through the connections themselves, which takes no memory of its own and finds
/// each one at once.
struct HTTPConnectionList {
    private var first: HTTPConnection?

    /// Adds a connection, which is in no list.
    mutating func insert(_ connection: HTTPConnection) {
        connection.next = first
        first?.previous = connection
        first = connection
    }

    /// Removes a connection, which is in this list.
    mutating func remove(_ connection: HTTPConnection) {
        if let previous = connection.previous {
            previous.next = connection.next
        } else {
            first = connection.next
        }
        connection.next?.previous = connection.previous
        connection.next = nil
        connection.previous = nil
    }

    /// True when one of them is such.
    func contains(where condition: (HTTPConnection) -> Bool) -> Bool {
        var next = first
        while let connection = next {
            if condition(connection) { return true }
            next = connection.next
        }
        return false
    }

    /// Those that are such: a copy, so that they can be closed meanwhile.
    func filter(_ condition: (HTTPConnection) -> Bool) -> [HTTPConnection] {
        var found: [HTTPConnection] = []
        _ = contains { connection in
            if condition(connection) { found.append(connection) }
            return false
        }
        return found
    }
}
