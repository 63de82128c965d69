/// A file in YAML 1.1, of which only a part is taken: one document, without anchors, aliases and tags, whose keys are
/// single words or texts and are different ones.
package enum YAMLDocument {
    /// Bytes that a file has at most.
    package static let mostBytes = 1_048_576
    /// Lists and mappings in one another, the outermost among them.
    package static let mostDepth = 32

    /// Reads the whole of a file; nil if it is empty or if its mistake leaves nothing to be read. Keys that come twice
    /// are mistakes too, and of those the first counts.
    static func read(_ bytes: [UInt8], mistakes: inout YAMLMistakes) -> YAMLNode? {
        guard bytes.count <= mostBytes else {
            mistakes.add(.start, "the file has \(bytes.count) bytes; \(mostBytes) at most")
            return nil
        }
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        do throws(YAMLTrouble) {
            // Two readings of the same bytes: the first refuses what the tree would no longer show or should not hold.
            try YAMLParser.check(text)
            return try YAMLParser.tree(of: text).map { node($0, &mistakes) }
        } catch {
            mistakes.add(error.place, error.message)
            return nil
        }
    }

    /// The node without the keys that are mistakes. Depth is bounded by `mostDepth`.
    private static func node(_ tree: YAMLTree, _ mistakes: inout YAMLMistakes) -> YAMLNode {
        let content: YAMLNode.Content
        switch tree.content {
        case .scalar(let text, let style): content = .scalar(text, style)
        case .sequence(let items):
            content = .sequence(items.map { node($0, &mistakes) })
        case .mapping(let entries):
            var pairs: [YAMLPair] = []
            pairs.reserveCapacity(entries.count)
            // By bytes: to Swift, two spellings of 'é' are one text.
            var first: [[UInt8]: YAMLPlace] = [:]
            for entry in entries {
                let value = node(entry.value, &mistakes)
                guard case .scalar(let name, _) = entry.key.content else {
                    mistakes.add(entry.key.place, "a key is a text, not a list or a mapping")
                    continue
                }
                let bytes = Array(name.utf8)
                if let place = first[bytes] {
                    mistakes.add(entry.key.place, "\(name.shown) comes again; the first is in \(place.words)")
                    continue
                }
                first[bytes] = entry.key.place
                pairs.append(YAMLPair(name: name, place: entry.key.place, value: value))
            }
            content = .mapping(pairs)
        }
        return YAMLNode(place: tree.place, content: content)
    }
}

/// What libyaml made of a file, before anybody has looked at the keys.
struct YAMLTree {
    indirect enum Content {
        case scalar(String, YAMLStyle)
        case sequence([YAMLTree])
        case mapping([(key: YAMLTree, value: YAMLTree)])
    }

    let place: YAMLPlace
    let content: Content
}
