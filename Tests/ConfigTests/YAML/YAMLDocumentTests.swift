import Testing

@testable import Config

@Suite("A YAML file")
struct YAMLDocumentTests {
    @Test(
        "is read with the places of all that is in it",
        arguments: [
            ("a: b", "{a@1:1: b@1:4}@1:1"),
            ("a: b\nc: [d, 'e', \"f\"]\n", "{a@1:1: b@1:4, c@2:1: [d@2:5, 'e'@2:8, 'f'@2:13]@2:4}@1:1"),
            ("- a\n-   - b\n", "[a@1:3, [b@2:7]@2:5]@1:1"),
            ("a:\n  b: {c: d}\n", "{a@1:1: {b@2:3: {c@2:7: d@2:10}@2:6}@2:3}@1:1"),
            ("z: 1\na: 2\nm: 3", "{z@1:1: 1@1:4, a@2:1: 2@2:4, m@3:1: 3@3:4}@1:1"),
            ("# c\n\n---\na: |\n  b\n  c\n", "{a@4:1: 'b\nc\n'@4:4}@4:1"),
            ("a: >\n  b\n  c\n", "{a@1:1: 'b c\n'@1:4}@1:1"),
            ("ä: ö\n", "{ä@1:1: ö@1:4}@1:1"),
            ("äöü: [😀, x]\n", "{äöü@1:1: [😀@1:7, x@1:10]@1:6}@1:1"),
            ("\"a\\nb\": \"\\0\\x41\\u00e4\\U0001F600\"", "{a\nb@1:1: '\0Aä😀'@1:9}@1:1"),
            ("a: 0x10\nb: true\nc: 1.50\n", "{a@1:1: 0x10@1:4, b@2:1: true@2:4, c@3:1: 1.50@3:4}@1:1"),
            ("a: b\r\nc: d\r\n", "{a@1:1: b@1:4, c@2:1: d@2:4}@1:1"),
            ("\u{feff}a: b", "{a@1:1: b@1:4}@1:1"),
            ("%YAML 1.1\n---\na: b\n...\n", "{a@3:1: b@3:4}@3:1"),
            ("? a\n: b\n", "{a@1:3: b@2:3}@1:1"),
            ("word", "word@1:1"), ("[]", "[]@1:1"), ("{}", "{}@1:1"), ("", "none"), ("# only\n", "none"),
        ])
    func read(_ text: String, _ expected: String) {
        let (node, mistakes) = readYAML(Array(text.utf8))
        #expect(outline(node) == expected)
        #expect(mistakes == "")
    }

    @Test("says which scalars are nothing, and which are plain words for true and false")
    func words() {
        let (node, _) = readYAML(Array("[~, null, , '~', '', nil, true, False, 'true', yes]".utf8))
        // Flow lists know no empty item, so this text is refused, and the same items are given as a block.
        #expect(node == nil)
        let (block, _) = readYAML(Array("- ~\n- null\n-\n- '~'\n- ''\n- nil\n- true\n- False\n- 'true'\n- yes\n".utf8))
        guard case .sequence(let items) = block?.content else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.isNull) == [true, true, true] + Array(repeating: false, count: 7))
        #expect(items.map(\.isBool) == Array(repeating: false, count: 6) + [true, true, false, false])
    }

    @Test(
        "that is no YAML, or more of YAML than is taken, has its mistake at its place",
        arguments: [
            ("a: &b c", "1:4: anchors are not supported"), ("a: 1\nb: &x\n  c: d", "2:4: anchors"),
            ("a: &b [c]", "1:4: anchors"), ("&r\na: b", "1:1: anchors"), ("a: b\nc: *b", "2:4: aliases"),
            ("a: [*b]", "1:5: aliases"), ("<<: *b", "1:5: aliases"), ("&a [*a]", "1:1: anchors"),
            ("a: !!str b", "1:4: tags"), ("a: ! b", "1:4: tags"), ("a: !x [b]", "1:4: tags"),
            ("!x {a: b}", "1:1: tags"),
            ("a: b\n---\nc: d\n", "2:1: a second document"), ("a\n...\n---\nb\n", "3:1: a second document"),
            ("a:\n\tb: c\n", "2:1: a tab cannot stand here: indent with spaces"), ("\ta: b", "1:1: a tab"),
            ("a: @b", "1:4: a value cannot begin with '@': quote it"),
            ("a:\n  - `b`", "2:5: a value cannot begin with '`'"),
            ("a: 'b\nc: d\n", "1:4: the quote that begins here is not closed"), ("a: \"b\nc: d\n", "1:4: the quote"),
            ("a: 'b\n---\n", "1:4: the quote"), ("a: b: c\n", "1:5: a ':' with a space behind it cannot stand here"),
            ("a: [b, c\nd: e\n", "1:4: the '[' here is not closed: in line 2, column 2"),
            ("a: {b: c\nd: e\n", "1:4: the '{' here is not closed: in line 2, column 2"),
            ("  a: b\n c: d\n", "2:2: this is behind the end of the document: look at the indentation"),
            ("a:\n  b: c\n  - d\n", "3:3: a key must stand here, indented as the one in line 2, column 3"),
            ("a:\n  - b\n  c: d\n", "3:3: a '-' must stand here, indented as the one in line 2, column 3"),
            ("a: - b\n", "1:4: a '-' cannot stand here"), ("a: b\nc\nd: e\n", "2:1: there is no ':'"),
            ("a: \"\\q\"", "1:5: no such escape"), ("[a]: b", "1:1: a key is a text, not a list"),
            ("{a: b}: c", "1:1: a key is a text, not a list or a mapping"),
            ("a: 1\nb: 2\na: 3\n", "3:1: 'a' comes again; the first is in line 1, column 1"),
            ("x:\n  a: 1\n  \"a\": 2\n", "3:3: 'a' comes again; the first is in line 2, column 3"),
            ("%YAML 3.0\n---\na: b\n", "1:1: this is no YAML: found incompatible YAML document"),
            ("a: b\0", "1:5: the character U+0000 cannot stand in YAML"), ("a: \u{1}", "1:4: the character U+0001"),
            ("a: b\nc: \u{7f}\n", "2:4: the character U+007F"),
        ])
    func mistake(_ text: String, _ expected: String) {
        let (_, mistakes) = readYAML(Array(text.utf8))
        #expect(mistakes.hasPrefix("a.yml:\(expected)"), "\(mistakes)")
        #expect(!mistakes.contains("\n"))
    }

    @Test(
        "that is no UTF-8 has its mistake at its place",
        arguments: [
            [0xff], [0xc3], [0xc3, 0x28], [0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xaf],
        ]
            as [[UInt8]])
    func badBytes(_ bytes: [UInt8]) {
        let (node, mistakes) = readYAML(Array("ä: b\r\nä: x".utf8) + bytes + Array("\n".utf8))
        #expect(node == nil)
        #expect(mistakes == "a.yml:2:5: this is no UTF-8")
        // Behind a mark of the byte order, which is not counted.
        #expect(readYAML([0xef, 0xbb, 0xbf] + bytes).mistakes == "a.yml:1:1: this is no UTF-8")
    }

    @Test("has 32 levels at most, and nothing overflows before that is known")
    func depth() {
        for (open, close) in [("[", "]"), ("{a: ", "}")] {
            let good = String(repeating: open, count: 32) + String(repeating: close, count: 32)
            #expect(readYAML(Array(good.utf8)).mistakes == "")
            for count in [33, 2000, 100_000] {
                let bad = readYAML(Array(String(repeating: open, count: count).utf8))
                #expect(bad.node == nil)
                #expect(
                    bad.mistakes
                        == "a.yml:1:\(32 * open.count + 1): too deep: lists and mappings have 32 levels at most")
            }
        }
        let block = (0..<40).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(readYAML(Array(block.utf8)).mistakes.hasPrefix("a.yml:33:33: too deep"))
    }

    @Test("has 1 MiB at most")
    func size() {
        let most = YAMLDocument.mostBytes
        #expect(readYAML(Array("a: ".utf8) + Array(repeating: 0x62, count: most - 3)).mistakes == "")
        let (node, mistakes) = readYAML(Array(repeating: 0x62, count: most + 1))
        #expect(node == nil)
        #expect(mistakes == "a.yml:1:1: the file has 1048577 bytes; 1048576 at most")
    }

    @Test("tells keys apart by their bytes: two spellings of a letter are two keys")
    func spelling() {
        let (node, mistakes) = readYAML(Array("\u{e9}: 1\ne\u{301}: 2\n".utf8))
        #expect(mistakes == "")
        guard case .mapping(let pairs) = node?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(pairs.count == 2)
    }

    @Test("with more mistakes than anybody reads has the first hundred, and the number of the others")
    func many() {
        let (_, mistakes) = readYAML(Array(String(repeating: "a: b\n", count: 1001).utf8))
        let lines = mistakes.split(separator: "\n")
        #expect(lines.count == 101)
        #expect(lines.first == "a.yml:2:1: 'a' comes again; the first is in line 1, column 1")
        #expect(lines.last == "a.yml: and 900 more mistakes")
    }

    @Test("shows what was written on one line, and not all of it")
    func shown() {
        #expect("a\nb\u{1b}[1m\u{2028}".shown == "'a\u{fffd}b\u{fffd}[1m\u{fffd}'")
        #expect(String(repeating: "ä", count: 61).shown == "'" + String(repeating: "ä", count: 60) + "…'")
    }
}
