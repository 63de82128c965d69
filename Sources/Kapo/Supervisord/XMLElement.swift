/// An element of XML: its name, what is in it, and the text between. Attributes are passed over, for XML-RPC has none.
struct XMLElement: Equatable {
    var name: String
    var children: [XMLElement] = []
    /// All text of the element itself, whatever elements stand in between.
    var text: [UInt8] = []

    /// The only child, if it has that name and is alone; nil otherwise.
    func only(_ name: String) -> XMLElement? {
        children.count == 1 && children[0].name == name ? children[0] : nil
    }

    /// The children if all have that name; nil otherwise.
    func all(_ name: String) -> [XMLElement]? {
        children.allSatisfy { $0.name == name } ? children : nil
    }

    /// The text without the space around it.
    var trimmedText: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0d ~= $0 }
        let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
        let end = text.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
        return String(decoding: text[start..<end], as: UTF8.self)
    }
}

/// Makes elements of what a parser tells, one tag after the other, within bounds.
struct XMLBuilder {
    /// Elements in each other: an answer with a list of structures needs 12.
    static let mostDepth = 64
    /// Elements in all: about 60 for each process that supervisord has.
    static let mostElements = 300_000

    /// Those that have begun and not ended, the outermost first.
    private var open: [XMLElement] = []
    private var count = 0
    /// The outermost element, once it has ended.
    private(set) var root: XMLElement?

    /// An element begins.
    mutating func start(_ name: String) throws(XMLRPCMistake) {
        count += 1
        guard open.count < Self.mostDepth else { throw .tooDeep }
        guard count <= Self.mostElements else { throw .tooLarge }
        open.append(XMLElement(name: name))
    }

    /// Text of the element that began last and has not ended.
    mutating func text(_ bytes: some Sequence<UInt8>) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += bytes
    }

    /// The element that began last ends.
    mutating func end() {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}
