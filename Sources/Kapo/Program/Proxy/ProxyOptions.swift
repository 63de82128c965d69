import Config
import Host

/// What `kapo proxy` needs to know.
package struct ProxyOptions: Sendable {
    /// The configuration; nil for none, and then HUP reads nothing.
    package var path: Word?
    /// What it says, or else the defaults.
    package var file = ProxyFile()
    package var spoolRoot: Word
    /// Where agent checks are answered, in place of what the configuration says.
    package var agentPort: Port? { didSet { file.agentPort = agentPort ?? file.agentPort } }
    /// Workers that were asked for: hacheck can have many, here one loop serves.
    package var workers: Int?

    /// A proxy with the configuration at `path`, which is read now. Throws what is wrong with it.
    package init(path: Word?, spoolRoot: Word, workers: Int?) throws(Program.Failure) {
        (self.path, self.spoolRoot, self.workers) = (path, spoolRoot, workers)
        if let path { file = try Self.read(path) }
    }

    /// What the file at that path says.
    static func read(_ path: Word) throws(Program.Failure) -> ProxyFile {
        do {
            guard let bytes = try File.contents(of: path, limit: ProxyFile.mostBytes) else {
                throw Program.Failure(description: "\(path.text) is no regular file")
            }
            return try ProxyFile(bytes: bytes, file: path.text)
        } catch let error as SystemError {
            throw Program.Failure(description: "\(path.text): \(SystemError.text(of: error.code).lowercased())")
        } catch let error as ProxyFile.Mistakes {
            throw Program.Failure(description: "\(error)")
        } catch {
            throw Program.Failure(description: "\(error)")
        }
    }

    /// Does what `rlimit_nofile` says; Kapo has raised the limit as far as it may before.
    func setDescriptorLimit() throws(Program.Failure) {
        guard case .number(let number)? = file.descriptors else { return }
        do throws(SystemError) {
            try Descriptor.setLimit(number)
        } catch {
            let most = Descriptor.limit
            throw Program.Failure(
                description: "rlimit_nofile: \(number) is more than the \(most) files that may be open here")
        }
    }
}
