/// Files of weights in the format safetensors.
public enum SafetensorsFile {
    /// The bytes of a file of tensors in single precision.
    public static func bytes(_ tensors: [(name: String, shape: [Int], values: [Float])]) -> [UInt8] {
        var entries: [String] = [], offset = 0, data: [UInt8] = []
        for tensor in tensors {
            let end = offset + 4 * tensor.values.count
            entries.append(#""\#(tensor.name)":{"dtype":"F32","shape":[\#(tensor.shape.map(String.init).joined(separator: ","))],"data_offsets":[\#(offset),\#(end)]}"#)
            data += unsafe tensor.values.withUnsafeBytes { unsafe Array($0) }
            offset = end
        }
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
    }
}
