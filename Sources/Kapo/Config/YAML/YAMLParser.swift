import CYaml

/// The only place where libyaml is called. Its structures are C's, with pointers and unions: so all that touches them
/// is unsafe, and nothing of it leaves this file. Each structure is freed in the function that filled it.
enum YAMLParser {
    /// Reads to the end, as events, and refuses what is no YAML, and what Kapo does not take: anchors, aliases and
    /// tags, a second document, and more than `YAMLDocument.mostDepth` levels. The tree would not show the first
    /// three any more, or not where they are, and should never be as deep as the last.
    static func check(_ text: [UInt8]) throws(YAMLTrouble) {
        try unsafe withParser(text) { (parser) throws(YAMLTrouble) in
            var guardian = YAMLGuard()
            var isOver = false
            // Ends: libyaml makes no event without a byte of input but for a few at the end.
            while !isOver {
                // C fills all of it; the event owns texts until it is deleted.
                var event = unsafe yaml_event_t()
                guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw unsafe trouble(parser, text) }
                defer { unsafe yaml_event_delete(&event) }
                isOver = unsafe event.type == YAML_STREAM_END_EVENT
                try guardian.take(unsafe step(event), at: unsafe YAMLPlace(event.start_mark))
            }
        }
    }

    /// The document, or nil if there is none. The text must have passed `check`.
    static func tree(of text: [UInt8]) throws(YAMLTrouble) -> YAMLTree? {
        try unsafe withParser(text) { (parser) throws(YAMLTrouble) in
            var document = unsafe yaml_document_t()
            guard unsafe yaml_parser_load(parser, &document) == 1 else { throw unsafe trouble(parser, text) }
            defer { unsafe yaml_document_delete(&document) }
            guard unsafe yaml_document_get_root_node(&document) != nil else { return nil }
            // The root is node 1, as yaml_document_get_root_node has it.
            return unsafe tree(&document, 1)
        }
    }

    /// Gives `body` a parser over the text. libyaml keeps a pointer to the text and to itself: both stay where they
    /// are until `body` is done, and the parser is freed here.
    private static func withParser<Result>(
        _ text: [UInt8], _ body: (UnsafeMutablePointer<yaml_parser_t>) throws(YAMLTrouble) -> Result
    ) throws(YAMLTrouble) -> Result {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { unsafe parser.deallocate() }
        guard unsafe yaml_parser_initialize(parser) == 1 else { throw .outOfMemory }
        defer { unsafe yaml_parser_delete(parser) }
        return try unsafe text.withUnsafeBufferPointer { (bytes) throws(YAMLTrouble) in
            // An empty array may have no address, and libyaml insists on one.
            guard let start = bytes.baseAddress else { return try unsafe body(silent(parser)) }
            unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            unsafe yaml_parser_set_input_string(parser, start, bytes.count)
            return try unsafe body(parser)
        }
    }

    /// The parser, with a source that has nothing.
    private static func silent(_ parser: UnsafeMutablePointer<yaml_parser_t>) -> UnsafeMutablePointer<yaml_parser_t> {
        unsafe yaml_parser_set_input(
            parser,
            { _, _, _, read in
                unsafe read?.pointee = 0
                return 1
            }, nil)
        return unsafe parser
    }

    /// The event without what is libyaml's. Which member of the union holds is said by the type.
    private static func step(_ event: yaml_event_t) -> YAMLGuard.Step {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: .document
        case YAML_ALIAS_EVENT: .alias
        case YAML_SCALAR_EVENT:
            unsafe .scalar(hasAnchor: event.data.scalar.anchor != nil, hasTag: event.data.scalar.tag != nil)
        case YAML_SEQUENCE_START_EVENT:
            unsafe .open(
                hasAnchor: event.data.sequence_start.anchor != nil, hasTag: event.data.sequence_start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            unsafe .open(
                hasAnchor: event.data.mapping_start.anchor != nil, hasTag: event.data.mapping_start.tag != nil)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .close
        default: .other
        }
    }

    /// The node with this index and all below it; no deeper than `check` allowed. libyaml's indices begin with 1, and
    /// its lists are from `start` up to `top`.
    private static func tree(_ document: UnsafeMutablePointer<yaml_document_t>, _ index: Int32) -> YAMLTree {
        guard let node = unsafe yaml_document_get_node(document, index)?.pointee else {
            preconditionFailure("libyaml has lost its node \(index)")
        }
        let content: YAMLTree.Content
        switch unsafe node.type {
        case YAML_SEQUENCE_NODE:
            let items = unsafe node.data.sequence.items
            let count = unsafe items.top - items.start
            content = .sequence((0..<count).map { unsafe tree(document, items.start[$0]) })
        case YAML_MAPPING_NODE:
            let pairs = unsafe node.data.mapping.pairs
            let count = unsafe pairs.top - pairs.start
            content = .mapping(
                (0..<count).map { at in
                    unsafe (tree(document, pairs.start[at].key), tree(document, pairs.start[at].value))
                })
        default:
            let scalar = unsafe node.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            content = .scalar(unsafe String(decoding: bytes, as: UTF8.self), isPlain ? .plain : .quoted)
        }
        return YAMLTree(place: unsafe YAMLPlace(node.start_mark), content: content)
    }

    /// What stopped the parser. Its texts are constants of the library, or missing.
    private static func trouble(_ parser: UnsafeMutablePointer<yaml_parser_t>, _ text: [UInt8]) -> YAMLTrouble {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? ""
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR: return .outOfMemory
        case YAML_READER_ERROR:
            return YAMLTrouble(
                unreadable: problem, value: unsafe parser.pointee.problem_value,
                at: unsafe parser.pointee.problem_offset, in: text)
        default:
            return YAMLTrouble(
                problem: problem, at: unsafe YAMLPlace(parser.pointee.problem_mark),
                context: unsafe parser.pointee.context.map { unsafe String(cString: $0) } ?? "",
                from: unsafe YAMLPlace(parser.pointee.context_mark), in: text)
        }
    }
}

extension YAMLPlace {
    /// libyaml counts lines and columns from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
