import ArgumentParser
import Glibc
import Host
import Program

/// The start of everything.
@main enum Main {
    static func main() {
        // Before anything else: a signal that comes now must find nobody, and no socket may become descriptor 1.
        let inherited = Signals.block(Signals.forwarded)
        Descriptor.fillStandardOnes()

        let words = Array(Invocation.arguments.dropFirst())
        let line = CommandLineWords(words)
        do {
            var command = try Kapo.parseAsRoot(line.forParser)
            if let check = command as? Check {
                // Nobody reads signals here: they end a check as they end any program.
                Signals.release(Signals.forwarded, inherited)
                let report = Program.check(try check.settings())
                if let line = report.line { say(line) }
                exit(report.exitCode)
            }
            guard let mode = command as? any ModeCommand else {
                try command.run()
                exit(EXIT_SUCCESS)
            }
            let options = try mode.options(commandWords: line.command)
            exit(try Program.run(options, inherited))
        } catch let failure as Program.Failure {
            say("kapo: \(failure)")
            exit(KapoExit.failed)
        } catch {
            Kapo.exit(withError: error)
        }
    }
    /// Writes a line to standard error.
    private static func say(_ line: String) {
        var standardError = StandardError()
        print(line, to: &standardError)
    }
}
