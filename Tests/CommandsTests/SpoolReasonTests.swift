import Glibc
import Host
import Testing

@testable import Program

@Suite("Names that several people share")
struct SpoolReasonTests {
    @Test("a name a line, with comments and space")
    func names() {
        let file = "root\n# a comment\n  deploy\t# robots\r\n\n#\n jenkins user \nlast"
        #expect(SpoolReason.names(in: Array(file.utf8)) == ["root", "deploy", "jenkins user", "last"])
        #expect(SpoolReason.names(in: []) == [])
    }

    @Test("who calls is who used sudo, or ssh, or the user")
    func usual() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("SSH_USER", "bob", 1)
            unsafe setenv("SUDO_USER", "alice", 1)
            #expect(SpoolReason.usual() == "alice")
            unsafe setenv("SUDO_USER", "", 1)
            #expect(SpoolReason.usual() == "bob")
            unsafe unsetenv("SSH_USER")
            let account = try Account.find(user: Word("\(geteuid())"), group: nil)
            #expect(SpoolReason.usual() == String(decoding: account.name, as: UTF8.self))
        }
    }
}
