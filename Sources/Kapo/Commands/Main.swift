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
            guard let mode = command as? any ModeCommand else {
                try command.run()
                exit(EXIT_SUCCESS)
            }
            let options = try mode.options(commandWords: line.command)
            exit(try Program.run(options, inherited))
        } catch let failure as Program.Failure {
            var standardError = StandardError()
            print("kapo: \(failure)", to: &standardError)
            exit(KapoExit.failed)
        } catch {
            Kapo.exit(withError: error)
        }
    }
}
