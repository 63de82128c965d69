/// The members of an object of JSON (RFC 8259) that are texts, numbers, booleans or null. Others are read over.
///
/// It reads what any control socket says, so it is total: other bytes than an object give nil, and nothing else.
struct FlatJSON {
    /// What a member is.
    enum Value: Equatable {
        case text(String)
        /// A number without a fraction and an exponent, if it is none too large for this.
        case integer(Int64)
        /// Any other number, as near as can be.
        case number(Double)
        case bool(Bool)
        case null
        /// An array, an object, or a number that is larger than numbers are.
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
        case .integer, .number, .bool, .other: nil
        }
    }

    /// The whole number of that name, or else `standard` when it is missing or null; nil when it is of another type.
    func integer(_ name: String, _ standard: Int64) -> Int64? {
        switch members[name] {
        case .integer(let number): number
        case .null, nil: standard
        case .text, .number, .bool, .other: nil
        }
    }

    /// The truth value of that name, or else `standard` when it is missing or null; nil when it is of another type.
    func bool(_ name: String, _ standard: Bool) -> Bool? {
        switch members[name] {
        case .bool(let value): value
        case .null, nil: standard
        case .text, .integer, .number, .other: nil
        }
    }

    /// The number of that name, whole or not; nil when it is missing, null or of another type.
    func number(_ name: String) -> Double? {
        switch members[name] {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .text, .bool, .null, .other, nil: nil
        }
    }
}
