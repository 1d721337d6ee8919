import TestSupport
import Testing

/// docs/tensor-operations.md mentions every public operation in the sources.
@Suite struct OperationReferenceTests {
    private static func text(_ path: String) throws -> String { try Fixtures.text("../../\(path)") }

    /// The names of the public functions of a source file.
    private static func functions(_ source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            guard line.drop(while: { $0 == " " }).hasPrefix("public "), let name = line.firstMatch(of: /func ([a-zA-Z]+)/) else { return nil }
            return String(name.1)
        }
    }

    @Test func everyOperationIsInTheReference() throws {
        let reference = try Self.text("docs/tensor-operations.md")
        let names = try ["Tensor", "Pooling", "Resize", "Classification", "Normalization", "Optimizers", "Graph", "Gradients", "MatrixFunctions"].flatMap { file in
            try Self.functions(Self.text("Sources/Graphs/Graph/\(file).swift"))
        }.filter { !["updates", "correctedRate"].contains($0) } + ["Adam", "RMSProp", "SGD"]
        #expect(names.count > 50)
        for name in names { #expect(reference.contains("`\(name)"), "\(name) is not in docs/tensor-operations.md") }
    }

    /// Streams and linear algebra: every public name except initializers and plain data.
    @Test func everyStreamAndFactorisationIsInTheReference() throws {
        let reference = try Self.text("docs/tensor-operations.md")
        let sources = ["RandomStream", "RandomStream+Integers", "LinearAlgebra/LUFactor", "LinearAlgebra/SymmetricEigenvalues", "LinearAlgebra/MomentAccumulator",
                       "LinearAlgebra/RealFunctions", "LinearAlgebra/Matrix", "LinearAlgebra/Matrix+Rows"]
        let names = try sources.flatMap { try Self.functions(Self.text("Sources/Numerics/\($0).swift")) } + ["LUFactor", "CholeskyFactor", "inverse", "determinant"]
        #expect(names.count > 20)
        for name in names { #expect(reference.contains(try Regex("[`.]\(name)\\b")), "\(name) is not in docs/tensor-operations.md") }
    }

    @Test func theGuideNamesFilesThatExist() throws {
        let guide = try Self.text("docs/adding-an-operation.md")
        let places = ["", "Sources/", "Sources/Graphs/", "Sources/Numerics/", "Sources/Engine/", "Sources/CKernels/", "Sources/Graphs/Plan/", "Sources/Graphs/Graph/"]
        let mentions = guide.matches(of: /`([A-Za-z\/_+-]+\.(swift|h|c|py|md|sh))`/)
        #expect(mentions.count > 12)
        for mention in mentions {
            #expect(places.contains { (try? Self.text($0 + mention.1)) != nil }, "\(mention.1)")
        }
    }
}
