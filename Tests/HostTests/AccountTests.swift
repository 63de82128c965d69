import Chance
import Glibc
import Testing

@testable import Host

@Suite("Users and groups")
struct AccountTests {
    private static let passwd = """
        root:x:0:0:root:/root:/bin/bash
        #www:x:1:1::/:
        +nis::::::
        -nis:x:66:66::/:
        short:x:9
        bad:x:4294967295:1::/:
        worse:x:1:4294967295::/:
        sign:x:+5:5::/:
        www:x:33:34:web,,,:/var/www:/usr/sbin/nologin
        www:x:99:99:a second line:/:/bin/false
        plain:x:40:41
        empty:x:50:51:::
        1234:x:60:61::/home/digits:/bin/sh
        last:x:70:71::/home/last:/bin/zsh
        """
    private static let groups = """
        root:x:0:
        #x:x:1:www
        +::2:www
        adm:x:4:syslog,www
        bad:x:4294967295:www
        short:x
        tty:x:5:xwww,www2,ww
        www-data:x:34:
        again:x:34:www
        shared:*:100:www
        staff:x:50:other,,www
        digits:x:61:1234
        staff:x:51:nobody
        """

    private static func account(
        _ user: String, _ group: String? = nil, passwd: String = passwd
    ) throws(Account.Failure) -> Account {
        try Account(
            user: Word(user), group: group.map { Word($0) }, passwd: Array(passwd.utf8), groups: Array(groups.utf8))
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("a name has a number, a group, the groups that list it, a home and a shell; the first line counts")
    func byName() throws {
        let account = try Self.account("www")
        #expect(account.user == 33)
        #expect(account.group == 34)
        #expect(account.groups == [34, 4, 100, 50])
        let variables = account.variables.map { "\(Self.text($0.name))=\(Self.text($0.value))" }
        #expect(variables == ["HOME=/var/www", "LOGNAME=www", "SHELL=/usr/sbin/nologin", "USER=www"])
    }

    @Test("a number finds the same line")
    func byNumber() throws {
        #expect(try Self.account("33") == Self.account("www"))
        #expect(try Self.account("0033") == Self.account("www"))
        #expect(try Self.account("0").name == Array("root".utf8))
    }

    @Test("digits are a number, even where a user is called so")
    func digits() throws {
        let account = try Self.account("1234")
        #expect(account.user == 1234)
        #expect(account.groups == [1234])
        #expect(try Self.account("60").groups == [61])
        #expect(try Self.account("60").name == Array("1234".utf8))
    }

    @Test("a group takes the place of the user's own, and the groups that list the user stay")
    func group() throws {
        for (text, number) in [("adm", 4), ("4", 4), ("shared", 100), ("7", 7), ("staff", 50)] as [(String, UInt32)] {
            let account = try Self.account("www", text)
            #expect(account.group == number)
            #expect(account.groups == [number] + [4, 34, 100, 50].filter { $0 != number })
            #expect(account.user == 33)
        }
    }

    @Test("a number that is not in the files is a user of its own group and of no other")
    func unlisted() throws {
        for files in [Self.passwd, ""] {
            let account = try Self.account("4242", passwd: files)
            #expect((account.user, account.group) == (4242, 4242))
            #expect(account.groups == [4242])
            #expect(Self.text(account.name) == "4242")
            #expect((Self.text(account.home), Self.text(account.shell)) == ("/", "/bin/sh"))
            #expect(try Self.account("4242", "adm", passwd: files).groups == [4])
        }
    }

    @Test("fields that are missing or empty are the root directory and sh(1)", arguments: ["plain", "empty"])
    func fields(_ name: String) throws {
        let account = try Self.account(name)
        #expect((Self.text(account.home), Self.text(account.shell)) == ("/", "/bin/sh"))
        #expect(account.groups == [account.user + 1])
        #expect(Self.text(try Self.account("last").shell) == "/bin/zsh", "the last line needs no newline")
    }

    @Test(
        "who is not there is an error that says so: comments, NIS and broken lines are nobody",
        arguments: ["nosuch", "#www", "+nis", "-nis", "short", "bad", "worse", "sign", "", "ww", "www2", "4294967295"])
    func noUser(_ name: String) {
        let error = #expect(throws: Account.Failure.self) { try Self.account(name, passwd: Self.passwd) }
        #expect(error?.description == "there is no user '\(name)' in /etc/passwd")
    }

    @Test("so is a group", arguments: ["nosuch", "#x", "+", "bad", "short", "", "4294967295", "-1"])
    func noGroup(_ name: String) {
        let error = #expect(throws: Account.Failure.self) { try Self.account("www", name) }
        #expect(error?.description == "there is no group '\(name)' in /etc/group")
    }

    @Test("bytes that are no text are compared as bytes, and a line with a zero byte is none")
    func bytes() throws {
        let odd: [UInt8] = [0xff, 0xcc]
        let line = odd + Array(":x:7:8::/".utf8) + odd + Array(":/bin/sh\n".utf8)
        let account = try Account(user: Word(bytes: odd), group: nil, passwd: line, groups: [])
        #expect(account.name == odd)
        #expect(account.home == [0x2f] + odd)
        let zero = Array("www:x:7:8::/\0:/bin/sh\n".utf8)
        #expect(throws: Account.Failure.self) { try Account(user: Word("www"), group: nil, passwd: zero, groups: []) }
    }

    @Test("random files are read or refused, and nobody becomes root by that")
    func random() {
        var generator = SeededGenerator(seed: 11)
        let pieces = [
            "w:x:7:", "w:x:", "w", ":", "::", ",", "1", "27", "7:", "\n", "#", "+", "-", "x", "\0", "4294967295",
        ]
        var found = 0
        for _ in 0..<20_000 {
            let files = (0..<2).map { _ in
                (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                }.joined().utf8.map { $0 }
            }
            let account = try? Account(user: Word("w"), group: nil, passwd: files[0], groups: files[1])
            guard let account else { continue }
            found += 1
            #expect(account.user != 0 && account.group != 0 && account.groups.allSatisfy { $0 != 0 && $0 != .max })
        }
        #expect(found > 50)
    }

    @Test("the C library says the same of the users of this machine")
    func library() throws {
        let names = try File.read(Word("/etc/passwd"), limit: 1_000_000).split(separator: UInt8(ascii: "\n"))
            .compactMap { $0.split(separator: UInt8(ascii: ":")).first.map(Array.init) }
        #expect(!names.isEmpty)
        for name in names where !Array("#+-".utf8).contains(name[0]) && !name.allSatisfy({ 0x30...0x39 ~= $0 }) {
            // The entry is static memory of the library, and is copied at once; nobody else here asks for one.
            guard let entry = unsafe withPath(Word(bytes: name), { unsafe getpwnam($0) }) else { continue }
            let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
            let home = unsafe String(cString: entry.pointee.pw_dir)
            var groups = [gid_t](repeating: 0, count: 1000)
            var count = Int32(groups.count)
            // It writes as many numbers as there is room for.
            let result = unsafe withPath(Word(bytes: name)) { unsafe getgrouplist($0, group, &groups, &count) }
            let account = try Account.find(user: Word(bytes: name), group: nil)
            #expect(result >= 0)
            #expect((account.user, account.group) == (user, group))
            #expect(Set(account.groups) == Set(groups.prefix(Int(count))))
            #expect(home.isEmpty || account.home == Array(home.utf8))
        }
    }
}
