import Testing

/// What `make install` puts where.
@Suite struct ReleaseInstallTests {
    /// Runs the script that `make install` runs once the release is built.
    private func install(_ box: Sandbox, compat: String?) throws -> Outcome {
        try box.finish(
            ["\(Repository.root)/scripts/install", box.path("prefix")], environment: ["COMPAT": compat])
    }

    @Test("the program, completions and the manual; other programs' names only with COMPAT=1, as relative links")
    func links() throws {
        try Sandbox.run { box in
            let names = [
                "hacheck", "hadown", "halist", "hastatus", "haup", "httpok", "immortal", "immortalctl",
                "immortaldir",
            ]
            for compat in [nil, "", "0"] {
                let outcome = try install(box, compat: compat)
                #expect(outcome.ending == .code(0), "\(outcome.errors)")
                #expect(Files.names(in: box.path("prefix/bin")) == ["kapo"])
            }
            for _ in 0..<2 {
                let outcome = try install(box, compat: "1")
                #expect(outcome.ending == .code(0), "\(outcome.errors)")
                #expect(Files.names(in: box.path("prefix/bin")).sorted() == (names + ["kapo"]).sorted())
                for name in names {
                    #expect(Files.target(ofLink: box.path("prefix/bin/\(name)")) == "kapo")
                    #expect(outcome.output.contains("/bin/\(name)\n"))
                }
            }
            let version = try box.finish([box.path("prefix/bin/immortalctl"), "-v"])
            #expect(version.output == (try box.finish([box.path("prefix/bin/kapo"), "--version"]).output))
            #expect(Files.text(box.path("prefix/share/bash-completion/completions/kapo")).contains("restart"))
            #expect(Files.exists(box.path("prefix/share/doc/kapo/ctl.md")))
        }
    }

    @Test("a program that has one of these names already is not replaced")
    func occupied() throws {
        try Sandbox.run { box in
            #expect(try install(box, compat: nil).ending == .code(0))
            _ = try box.writeExecutable("prefix/bin/immortalctl", "another\n")
            let outcome = try install(box, compat: "1")
            #expect(outcome.ending == .code(1))
            #expect(outcome.errors.contains("/bin/immortalctl is there, and no link"))
            #expect(Files.text(box.path("prefix/bin/immortalctl")) == "another\n")
        }
    }
}
