/// A value of XML-RPC (http://xmlrpc.com/spec.md). Numbers with a point, times and bytes are texts here, for nothing
/// that Kapo asks for has them.
package indirect enum XMLRPCValue: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case list([XMLRPCValue])
    /// A structure; a name that comes twice keeps its last value.
    case members([String: XMLRPCValue])
    case nothing

    /// The text; nil for another kind of value.
    package var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The number; nil for another kind of value.
    package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
}

extension XMLRPCValue {
    /// Reads a `value` element.
    init(_ element: XMLElement) throws(XMLRPCMistake) {
        guard element.name == "value" else { throw .unexpected("<\(element.name)> where a value was expected") }
        // A value without a type is a text, and so is an empty one.
        guard let typed = element.children.first else {
            self = .text(String(decoding: element.text, as: UTF8.self))
            return
        }
        guard element.children.count == 1 else { throw .unexpected("two types of one value") }
        self = try Self.read(typed)
    }

    private static func read(_ element: XMLElement) throws(XMLRPCMistake) -> XMLRPCValue {
        switch element.name {
        case "string", "double", "dateTime.iso8601", "base64":
            return .text(String(decoding: element.text, as: UTF8.self))
        case "int", "i4", "i8":
            guard let number = Int64(element.trimmedText) else {
                throw .unexpected("'\(element.trimmedText.prefix(40))' is no whole number")
            }
            return .integer(number)
        case "boolean":
            switch element.trimmedText {
            case "1": return .boolean(true)
            case "0": return .boolean(false)
            case let text: throw .unexpected("'\(text.prefix(40))' is neither 0 nor 1")
            }
        case "nil": return .nothing
        case "array":
            guard let values = element.only("data")?.all("value") else { throw .unexpected("a list without its data") }
            var list: [XMLRPCValue] = []
            for value in values { list.append(try XMLRPCValue(value)) }
            return .list(list)
        case "struct": return .members(try members(element))
        case let name: throw .unexpected("a value of the type '\(name.prefix(40))'")
        }
    }

    private static func members(_ element: XMLElement) throws(XMLRPCMistake) -> [String: XMLRPCValue] {
        guard let all = element.all("member") else { throw .unexpected("a structure of other things than members") }
        var members: [String: XMLRPCValue] = [:]
        for member in all {
            guard member.children.count == 2, member.children[0].name == "name" else {
                throw .unexpected("a member that is not a name and a value")
            }
            members[String(decoding: member.children[0].text, as: UTF8.self)] = try XMLRPCValue(member.children[1])
        }
        return members
    }
}
