@testable import Config

/// The node of a text, and what is wrong with it, a line for each mistake.
func readYAML(_ bytes: [UInt8]) -> (node: YAMLNode?, mistakes: String) {
    var mistakes = YAMLMistakes(file: "a.yml")
    let node = YAMLDocument.read(bytes, mistakes: &mistakes)
    return (node, mistakes.description)
}

/// A node in one line: `{a@1:1: 'b'@1:4, c@2:1: [d@2:5]@2:4}@1:1`, where quoted texts have quotes.
func outline(_ node: YAMLNode?) -> String {
    guard let node else { return "none" }
    let place = "@\(node.place.line):\(node.place.column)"
    switch node.content {
    case .scalar(let text, .plain): return text + place
    case .scalar(let text, .quoted): return "'\(text)'\(place)"
    case .sequence(let items): return "[\(items.map(outline).joined(separator: ", "))]\(place)"
    case .mapping(let pairs):
        let entries = pairs.map { "\($0.name)@\($0.place.line):\($0.place.column): \(outline($0.value))" }
        return "{\(entries.joined(separator: ", "))}\(place)"
    }
}
