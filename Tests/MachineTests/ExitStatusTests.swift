import Testing

@testable import Machine

@Suite("Exit status")
struct ExitStatusTests {
    @Test("every exit code is itself everywhere, and no signal", arguments: 0...255 as ClosedRange<Int32>)
    func exited(_ code: Int32) {
        let status = Machine.ExitStatus.exited(code)
        #expect(status.shellCode == code)
        #expect(status.documentCode == code)
        #expect(status.signal == 0)
    }

    @Test("every signal is 128 + N for shells, -1 and N in the document", arguments: 1...64 as ClosedRange<Int32>)
    func signalled(_ number: Int32) {
        let status = Machine.ExitStatus.signalled(number)
        #expect(status.shellCode == 128 + number)
        #expect(status.documentCode == -1)
        #expect(status.signal == number)
    }

    @Test("the code of a failed start is that of shells and of env")
    func spawnFailure() {
        #expect(notFound.kind.exitCode == 127)
        #expect(notExecutable.kind.exitCode == 126)
        #expect(noResources.kind.exitCode == 125)
    }
}
