import Document
import Host
import Loop

/// What a lone service requires before it is started at all.
package struct Requirements: Equatable, Sendable {
    /// Services that must be up, whoever supervises them.
    package var services: [String]
    /// A command of the shell that must end with exit code 0.
    package var command: String?
    package var shell: Word

    /// These services and that command.
    package init(services: [String], command: String?, shell: Word) {
        self.services = services
        self.command = command
        self.shell = shell
    }

    /// What is missing, in words for people; nil when nothing is. Takes 5 s at most for the services, and as long as
    /// the command takes.
    package func missing(_ inherited: Signals.Inherited) throws(Program.Failure) -> String? {
        let down = try services.isEmpty ? [] : servicesDown()
        if !down.isEmpty { return "required services are not up: \(down.joined(separator: ", "))" }
        guard let command else { return nil }
        return try succeeds(command, inherited) ? nil : "the required command failed: \(command)"
    }

    private func servicesDown() throws(Program.Failure) -> [String] {
        let loop = try Program.clientLoop()
        let places = ServicePlace.all(in: ServiceHomes.all).filter { services.contains($0.name) }
        var up: Set<String> = []
        let calls = ServiceCalls(loop, places, nil, timeoutSeconds: 5) { findings in
            up = Set(findings.rows.filter(\.isUp).map(\.name))
            loop.stop()
        }
        calls.start()
        withExtendedLifetime(calls) { loop.run() }
        return services.filter { !up.contains($0) }
    }

    private func succeeds(_ text: String, _ inherited: Signals.Inherited) throws(Program.Failure) -> Bool {
        let command = Command(words: [shell, Word("-c"), Word(text)], environment: Invocation.environmentForCommand)
        do {
            return try Children.succeeds(command.spawn(inherited))
        } catch {
            throw Program.Failure(description: "cannot start \(shell.text) for the required command: \(error)")
        }
    }
}
