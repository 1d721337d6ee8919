import Foundation

guard Decoder.chosen != nil else {
    print("FIDELIO_FUZZ_DECODER is one of:", Decoder.allCases.map(\.rawValue).joined(separator: " "))
    exit(0)
}

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

var count = CommandLine.argc
var arguments = unsafe CommandLine.unsafeArgv
exit(
    unsafe runFuzzer(&count, &arguments) { bytes, count in
        unsafe Decoder.chosen?.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    })
