import Canonical
import Crypto
import CryptoExtras
import Foundation

/// The stored form of a password: scrypt (RFC 7914) with a 16-byte salt, together with its parameters.
///
/// Text form: `scrypt:LOG2N:R:P:SALT:KEY`, salt and key in base 64. The current parameters, N = 2^15, r = 8, p = 3, take 32 MiB and three
/// passes over it per check (OWASP Password Storage Cheat Sheet, 2025).
struct PasswordHash: Sendable, Equatable {
    struct Parameters: Sendable, Equatable {
        var logN = 15
        var r = 8
        var p = 3
    }

    var parameters: Parameters
    var salt: [UInt8]
    var key: [UInt8]

    /// Hashes a password; takes tens of milliseconds and tens of mebibytes.
    init(_ password: String, salt: [UInt8], parameters: Parameters) throws {
        self.parameters = parameters
        self.salt = salt
        // Composed and decomposed characters are equal to the user (RFC 8265, OpaqueString).
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: 32, rounds: 1 << parameters.logN, blockSize: parameters.r,
            parallelism: parameters.p)
        self.key = unsafe key.withUnsafeBytes { unsafe Array($0) }
    }

    init(_ password: String, parameters: Parameters) throws {
        try self.init(password, salt: (0..<16).map { _ in UInt8.random(in: 0...255) }, parameters: parameters)
    }

    /// Parses the text form; nil if it is malformed or has parameters above those that this program ever used.
    init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let logN = Int(parts[1], in: 1...20), let r = Int(parts[2], in: 1...16),
            let p = Int(parts[3], in: 1...16), let salt = Data(base64Encoded: String(parts[4])),
            let key = Data(base64Encoded: String(parts[5])), salt.count == 16, key.count == 32
        else { return nil }
        parameters = Parameters(logN: logN, r: r, p: p)
        self.salt = Array(salt)
        self.key = Array(key)
    }

    var text: String {
        "scrypt:\(parameters.logN):\(parameters.r):\(parameters.p):\(Data(salt).base64EncodedString()):\(Data(key).base64EncodedString())"
    }

    func fits(_ password: String) throws -> Bool {
        let other = try PasswordHash(password, salt: salt, parameters: parameters)
        // Constant time: compares every byte.
        return zip(key, other.key).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
