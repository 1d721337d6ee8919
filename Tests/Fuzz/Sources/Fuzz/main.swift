import Crypto
import Foundation

let arguments = CommandLine.arguments
guard Decoder.chosen != nil else {
    // With `requests` or `files`: the decoders of that group.
    let group = Decoder.allCases.filter { !arguments.contains("requests") || $0.isOfRequests }.filter { !arguments.contains("files") || !$0.isOfRequests }
    print(group.map(\.rawValue).joined(separator: " "))
    exit(0)
}
// FIPS 180-4's examples, and the million of "a".
for (text, digest) in [
    ("", "e3b0c442"), ("abc", "ba7816bf"), ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61"), (String(repeating: "a", count: 1_000_000), "cdc76e5c"),
] {
    var hash = SHA256()
    hash.update(data: Array(text.utf8))
    precondition(hash.finalize().prefix(4).map { String(format: "%02x", $0) }.joined() == digest, "SHA-256 of a text of \(text.count)")
}

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

var count = CommandLine.argc
var argumentsOfC = unsafe CommandLine.unsafeArgv
exit(
    unsafe runFuzzer(&count, &argumentsOfC) { bytes, count in
        unsafe Decoder.chosen?.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    })
