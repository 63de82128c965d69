/// Why an answer is none of XML-RPC.
package enum XMLRPCMistake: Error, Equatable, CustomStringConvertible, Sendable {
    /// Not XML, in expat's words, and in which line, from 1.
    case malformed(String, line: Int)
    /// A document type, which could define entities: XML-RPC has none.
    case documentType
    /// Elements in more than 64 others.
    case tooDeep
    /// More bytes or elements than any supervisord has to say.
    case tooLarge
    /// XML, but not what XML-RPC has in this place.
    case unexpected(String)

    /// In words for people.
    package var description: String {
        switch self {
        case .malformed(let problem, let line): "the answer is no XML: \(problem), in line \(line)"
        case .documentType: "the answer has a document type, which XML-RPC has not"
        case .tooDeep: "the answer has elements in more than \(XMLBuilder.mostDepth) others"
        case .tooLarge: "the answer is too large"
        case .unexpected(let place): "the answer is no XML-RPC: \(place)"
        }
    }
}
