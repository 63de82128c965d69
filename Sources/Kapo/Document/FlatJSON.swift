/// The members of an object of JSON (RFC 8259) that are texts, whole numbers, booleans or null. Others are read over.
///
/// It reads what any control socket says, so it is total: other bytes than an object give nil, and nothing else.
struct FlatJSON {
    /// What a member is.
    enum Value: Equatable {
        case text(String)
        case integer(Int64)
        case bool(Bool)
        case null
        /// An array, an object, or a number that is not whole or is too large.
        case other
    }

    private var members: [String: Value] = [:]

    /// The object that these bytes are, with white space around it at most. Of two members of a name the last counts.
    init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        reader.skipSpace()
        guard let members = reader.object() else { return nil }
        reader.skipSpace()
        guard reader.isAtEnd else { return nil }
        self.members = members
    }

    /// The member of that name.
    subscript(name: String) -> Value? { members[name] }

    /// The text of that name, empty when it is missing or null; nil when it is of another type.
    func text(_ name: String) -> String? {
        switch members[name] {
        case .text(let text): text
        case .null, nil: ""
        case .integer, .bool, .other: nil
        }
    }

    /// The whole number of that name, or else `standard` when it is missing or null; nil when it is of another type.
    func integer(_ name: String, _ standard: Int64) -> Int64? {
        switch members[name] {
        case .integer(let number): number
        case .null, nil: standard
        case .text, .bool, .other: nil
        }
    }

    /// The truth value of that name, or else `standard` when it is missing or null; nil when it is of another type.
    func bool(_ name: String, _ standard: Bool) -> Bool? {
        switch members[name] {
        case .bool(let value): value
        case .null, nil: standard
        case .text, .integer, .other: nil
        }
    }
}
