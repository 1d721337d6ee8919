import Foundation
import HTTPTypes

@testable import Archives
@testable import Canonical
@testable import Codecs
@testable import HTTPServer
@testable import IDX
@testable import Weights

/// The fuzzed decoders. Every input must yield a value or an error, and decoded values must satisfy their invariants.
enum Decoder: String, CaseIterable {
    case parser, target, path, query, form, range, fields, json, expression
    case markdown, tex, notebook, yaml, jupyter
    case npy, zip, png, gzip, tar, idx
    case safetensors, torch, torchlegacy, graphdef, onnx, npz

    /// The decoder of this process, selected by FIDELIO_FUZZ_DECODER.
    static let chosen = Decoder(rawValue: ProcessInfo.processInfo.environment["FIDELIO_FUZZ_DECODER"] ?? "")

    /// Whether it decodes data from a socket rather than a file.
    var isOfRequests: Bool {
        switch self {
        case .parser, .target, .path, .query, .form, .range, .fields, .json, .expression: true
        case .markdown, .tex, .notebook, .yaml, .jupyter: true
        case .npy, .zip, .png, .gzip, .tar, .idx: false
        case .safetensors, .torch, .torchlegacy, .graphdef, .onnx, .npz: false
        }
    }

    func read(_ bytes: [UInt8]) {
        switch self {
        case .parser: Self.parser(bytes)
        case .target: Self.target(bytes)
        case .path: Self.path(bytes)
        case .query: Self.query(bytes)
        case .form: Self.form(bytes)
        case .range: Self.range(bytes)
        case .fields: Self.fields(String(decoding: bytes, as: UTF8.self))
        case .json: Self.json(bytes)
        case .expression: Self.expression(String(decoding: bytes, as: UTF8.self))
        case .markdown: Self.markdown(bytes)
        case .tex: Self.tex(bytes)
        case .notebook: Self.notebook(bytes)
        case .yaml: Self.yaml(bytes)
        case .jupyter: Self.jupyter(bytes)
        case .npy: _ = try? NpyFormat.decode(bytes, name: "a")
        case .zip: _ = try? Archive.decode(bytes)
        case .png: _ = try? PNG.decode(bytes, limit: 256)
        case .gzip: _ = try? Gzip.decompress(bytes, limit: 1 << 20)
        case .tar: Self.tar(bytes)
        case .idx: for rank in 1...3 { _ = try? IDXArray(parsing: bytes, rank: rank, file: "a") }
        case .safetensors: Self.weights(bytes, as: .safetensors)
        case .torch: Self.weights(bytes, as: .torch)
        case .torchlegacy: Self.weights(bytes, as: .torchLegacy)
        case .graphdef: Self.weights(bytes, as: .tensorFlow)
        case .onnx: Self.weights(bytes, as: .onnx)
        case .npz: Self.weights(bytes, as: .npz)
        }
    }

    /// Tensors have distinct names and shapes that match their values, and take no more memory than a multiple of the file.
    private static func weights(_ bytes: [UInt8], as format: WeightFormat) {
        guard let file = try? WeightFile(bytes, as: format) else { return }
        demand(Set(file.tensors.map(\.name)).count == file.tensors.count, "the names of tensors differ")
        for tensor in file.tensors { demand(tensor.shape.reduce(1, *) == tensor.values.count, "a shape of \(tensor.shape) for \(tensor.values.count) values") }
    }

    /// Members lie within the archive, one after another.
    private static func tar(_ bytes: [UInt8]) {
        guard let members = try? Tar.members(bytes) else { return }
        var end = 0
        for member in members {
            demand(member.range.lowerBound >= end + 512 && member.range.upperBound <= bytes.count, "a member at \(member.range) of \(bytes.count) bytes")
            end = member.range.upperBound
        }
    }

    static func demand(_ isSo: Bool, _ promise: String) {
        if !isSo { fatalError(promise) }
    }
}
