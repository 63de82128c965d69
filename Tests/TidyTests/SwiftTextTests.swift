import Testing

@Suite("Telling code from comments and strings")
struct SwiftTextTests {
    @Test(
        "comments and the contents of strings are no code",
        arguments: [
            ("let a = 1 // unsafe", "let a = 1 "),
            ("/* unsafe */ let a", " let a"),
            ("/* a /* b */ unsafe */ let a", " let a"),
            (#"let a = "unsafe // no" + b"#, #"let a = "" + b"#),
            (#"let a = "\"unsafe\"" + b"#, #"let a = "" + b"#),
            (##"let a = #"un"safe\"# + b"##, ##"let a = #""# + b"##),
            ("a\n/* b\nc */ d\n// e\nf", "a\n\n d\n\nf"),
            ("let a = \"\"\"\n    unsafe \"quoted\" { \n    \"\"\" + b", "let a = \"\"\"\n\n\"\"\" + b"),
            ("#expect(a)", "#expect(a)"),
        ])
    func code(_ text: String, _ expected: String) {
        #expect(SwiftText.code(of: text).joined(separator: "\n") == expected)
    }

    @Test("a word is a whole one")
    func words() {
        #expect(SwiftText.contains("unsafe", in: "    unsafe f()"))
        #expect(SwiftText.contains("unsafe", in: "try unsafe(x)"))
        #expect(!SwiftText.contains("unsafe", in: "unsafeBitCast(x)"))
        #expect(!SwiftText.contains("unsafe", in: "is_unsafe"))
    }

    @Test("functions are measured from their first line to their last brace")
    func functions() {
        let text = """
            protocol P {
                func f()
                func g(
                    _ a: Int
                ) -> Int
                init(text: String)
            }
            struct S {
                init?(a: Int) {
                    self.a = { 1 }()
                }
                func f(_ body: () -> Void = {}) -> Int { 1 }
                func long(
                    _ a: Int
                ) throws -> Int
                where A: B {
                    "}"
                }
                deinit { }
            }
            """
        let found = SwiftText.functions(in: SwiftText.code(of: text))
        #expect(found.map(\.line) == [9, 12, 13, 19])
        #expect(found.map(\.length) == [3, 1, 6, 1])
    }
}
