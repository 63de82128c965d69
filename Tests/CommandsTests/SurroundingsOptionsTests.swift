import Config
import Host
import Program
import Testing

@testable import Commands

@Suite("The command's surroundings")
struct SurroundingsOptionsTests {
    private static let all = [
        ("--env-file", "a/b.env", "KAPO_ENV_FILE"), ("--chdir", "../dir", "KAPO_CHDIR"),
        ("--user", "www:adm", "KAPO_USER"), ("--umask", "027", "KAPO_UMASK"), ("--nice", "-5", "KAPO_NICE"),
        ("--limit", "nofile=5:6", "KAPO_LIMIT"),
    ]

    private static func surroundings() throws -> Surroundings {
        var surroundings = Surroundings()
        surroundings.environmentFile = try Path(text: "a/b.env")
        surroundings.directory = try Path(text: "../dir")
        surroundings.user = try UserName(text: "www:adm")
        surroundings.umask = try Umask(text: "27")
        surroundings.nice = try Nice(text: "-5")
        surroundings.limits = try ResourceLimits(text: "nofile=5:6")
        return surroundings
    }

    @Test("without options there are none", arguments: ["run ls", "supervise ls", "watch ls"])
    func none(_ line: String) throws {
        #expect(try options(line).surroundings == Surroundings())
    }

    @Test("every option, with its value as the next word or behind an equals sign", arguments: ["run", "s"])
    func every(_ mode: String) throws {
        let words = Self.all.flatMap { [$0.0, $0.1] }
        let joined = Self.all.map { "\($0.0)=\($0.1)" }
        for line in [words, joined] {
            let options = try options([mode] + line + ["ls", "--nice", "7"])
            #expect(options.surroundings == (try Self.surroundings()))
            #expect(options.words == ["ls", "--nice", "7"])
        }
    }

    @Test("limits add up, and of two for one resource the later counts")
    func limits() throws {
        let options = try options("run --limit nofile=5 --limit core=unlimited --limit nofile=7:8 ls")
        #expect(options.surroundings.limits == (try ResourceLimits(text: "core=unlimited nofile=7:8")))
    }

    @Test("each variable is read, and an option overrules it; all limits of the variable, whatever they limit")
    func variables() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            for (_, value, name) in Self.all { set(name, value) }
            set("KAPO_LIMIT", "core=1 nofile=5:6")
            var expected = try Self.surroundings()
            expected.limits = try ResourceLimits(text: "core=1 nofile=5:6")
            #expect(try options("run ls").surroundings == expected)
            expected.nice = try Nice(text: "0")
            expected.limits = try ResourceLimits(text: "cpu=3")
            #expect(try options("supervise --nice 0 --limit cpu=3 ls").surroundings == expected)
            for (_, _, name) in Self.all { set(name, "") }
            #expect(try options("run ls").surroundings == Surroundings())
        }
    }

    @Test("watch has none: its options are unknown there", arguments: all.map(\.0))
    func watch(_ option: String) throws {
        let refusal = try #require(refusalOf(["watch", "\(option)=1", "ls"]))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains("Unknown option '\(option)=1'"))
    }

    @Test(
        "a bad value names the option and what is allowed, and exits 64",
        arguments: [
            ("--env-file", "", "a path"), ("--chdir", "", "a path"), ("--user", "a:b:c", "names or numbers"),
            ("--umask", "999", "octal digits"), ("--nice", "20", "-20 to 19"),
            ("--limit", "nofiles=1", "nofile, nproc"),
            ("--limit", "nofile=2:1", "SOFT:HARD"), ("--limit", "nofile", "NAME=SOFT:HARD"),
        ])
    func bad(_ option: String, _ value: String, _ allowed: String) throws {
        let refusal = try #require(refusalOf(["run", option, value, "ls"]))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains(option), "\(refusal.message)")
        #expect(refusal.message.contains(allowed), "\(refusal.message)")
    }

    @Test("so does a bad variable, even when an option overrules it")
    func badVariable() async {
        await #expect(processExitsWith: .success) {
            for (option, value, name) in Self.all where name != "KAPO_ENV_FILE" && name != "KAPO_CHDIR" {
                unsetVariables()
                set(name, "no : thing")
                let refusal = refusalOf(["run", option, value, "ls"])
                #expect(refusal?.code == 64)
                #expect(refusal?.message.contains("The variable \(name): 'no") == true)
            }
        }
    }

    @Test("every resource that can be written is one that Host knows", arguments: ResourceLimit.Resource.allCases)
    func resources(_ resource: ResourceLimit.Resource) {
        #expect(Limit(name: resource.rawValue, soft: 1, hard: 1) != nil)
    }
}
