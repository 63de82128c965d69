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
        /// An array or an object.
        case other

        fileprivate init(_ json: JSON) {
            switch json {
            case .string(let text): self = .text(text)
            case .integer(let number): self = .integer(number)
            case .unsigned(let number): self = .number(Double(number))
            case .number(let number): self = .number(number)
            case .bool(let value): self = .bool(value)
            case .null: self = .null
            case .array, .object: self = .other
            }
        }
    }

    private var members: [String: Value] = [:]

    /// The object that these bytes are, with white space around it at most. Of two members of a name the last counts.
    init?(_ bytes: [UInt8]) {
        guard case .object(let members)? = JSONReader.value(bytes) else { return nil }
        self.init(members: members)
    }

    /// The object of these members.
    init(members: [(name: String, value: JSON)]) {
        for (name, value) in members { self.members[name] = Value(value) }
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
