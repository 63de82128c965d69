import Glibc

/// Certificates for servers on 127.0.0.1, made by the openssl program in a directory of their own, which goes with
/// this object.
package final class Certificates {
    /// What is special about one.
    package enum Kind: String, CaseIterable, Sendable {
        /// For good.test and 127.0.0.1, of an authority.
        case good
        /// For other.test alone, of the same authority.
        case other
        /// As `good`, and its time is up.
        case expired
        /// As `good`, of nobody but itself.
        case alone
    }

    package let directory: String

    /// The authority's own.
    package var authority: String { "\(directory)/ca.pem" }

    /// The certificate of a server, and its key.
    package func files(_ kind: Kind) -> (certificate: String, key: String) {
        ("\(directory)/\(kind.rawValue).pem", "\(directory)/\(kind.rawValue).key")
    }

    package init() throws {
        var template = Array("/tmp/kapo-certificates-XXXXXX".utf8CString)
        // mkdtemp changes the six letters in place.
        guard unsafe mkdtemp(&template) != nil else { throw PeerProcess.Failure(description: "no directory") }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let said = try PeerProcess(["sh", "-ec", Self.script, "sh", directory]).lines()
        guard said.last == "made" else { throw PeerProcess.Failure(description: "openssl: \(said)") }
    }

    deinit { _ = try? PeerProcess(["rm", "-r", directory]).lines() }

    private static let script = """
        cd "$1"
        exec 2> errors
        trap 'cat errors' EXIT
        cat > ca.cnf <<END
        [ca]
        default_ca = it
        [it]
        database = index.txt
        serial = serial
        new_certs_dir = .
        certificate = ca.pem
        private_key = ca.key
        default_md = sha256
        policy = any
        x509_extensions = names
        unique_subject = no
        [any]
        commonName = supplied
        [names]
        subjectAltName = \\${ENV::NAMES}
        END
        : > index.txt
        echo 01 > serial
        key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        export NAMES=DNS:good.test,IP:127.0.0.1
        openssl req -x509 $key -keyout ca.key -out ca.pem -subj /CN=ca -days 2
        openssl req -x509 $key -keyout alone.key -out alone.pem -subj /CN=alone -days 2 -addext subjectAltName=$NAMES
        leaf() {
            openssl req -new $key -keyout $1.key -out $1.csr -subj /CN=$1
            openssl ca -batch -config ca.cnf -in $1.csr -out $1.pem -startdate $2 -enddate $3 -notext
        }
        leaf good 20200101000000Z 20991231235959Z
        leaf expired 20200101000000Z 20200102000000Z
        NAMES=DNS:other.test leaf other 20200101000000Z 20991231235959Z
        trap - EXIT
        echo made
        """
}
