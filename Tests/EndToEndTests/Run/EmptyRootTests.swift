import Glibc
import Testing

/// What Kapo does where there is no /proc, as in an image with nothing but two programs in it.
@Suite struct EmptyRootTests {
    @Test("without /proc Kapo starts, knows its arguments and passes the exit code on")
    func withoutProc() throws {
        try Sandbox.run { box in
            // A mount namespace of its own, in which /proc is an empty directory.
            let unshare = getuid() == 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"]
            let script = """
                mount -t tmpfs none /proc && [ -z "$(ls /proc)" ] &&
                exec "$KAPO" --interface 127.0.0.1 --port 0 --stdout run -- sh -c 'echo "$0 $1"; exit 5' 'a b' c
                """
            let outcome = try box.finish(unshare + ["sh", "-c", script], environment: ["KAPO": Programs.kapo])
            #expect(outcome.code == 5, "\(outcome.errors)")
            #expect(outcome.output == "a b c\n")
        }
    }
}
