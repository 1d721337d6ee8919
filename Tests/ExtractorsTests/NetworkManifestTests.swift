import Canonical
import Graphs
import TestSupport
import Testing

@testable import Extractors

@Suite struct NetworkManifestTests {
    @Test func manifestsReadWhatTheyWrite() throws {
        for manifest in try NetworkManifest.known + [SmallNetwork.manifest()] {
            #expect(try NetworkManifest(reading: JSONValue(parsing: manifest.json.canonicalText)) == manifest)
        }
    }

    /// The shapes that the networks are known for.
    @Test func knownNetworksHaveTheirOutputs() throws {
        for manifest in NetworkManifest.known {
            let graph = try NetworkGraph(manifest, batch: 1)
            let sizes = manifest.outputs.mapValues { graph.output($0).shape[1] }
            if manifest.name.hasPrefix("vgg16") {
                #expect(sizes == ["fc6": 4096, "fc7": 4096, "logits": 1000] && graph.parameters.count == 32)
            } else if manifest.isPerceptual {
                // Pixels of the five activations of 64 x 64 images.
                let alex = 15 * 15 * 64 + 7 * 7 * 192 + 3 * 3 * (384 + 256 + 256), vgg = 4096 * 64 + 1024 * 128 + 256 * 256 + 64 * 512 + 16 * 512
                #expect(sizes == ["lpips": manifest.name == "lpips-alex" ? alex : vgg])
            } else {
                let classes = manifest.name == "inception-v3-torchvision" ? 1000 : 1008
                #expect(sizes == ["64": 64, "192": 192, "768": 768, "2048": 2048, "logits": classes, "logits_unbiased": classes])
                #expect(manifest.layers.filter { if case .convolution = $0.kind { true } else { false } }.count == 94)
            }
        }
    }

    /// What their numbers depend on is pinned: a changed layer or resize is another protocol.
    @Test func knownNetworksArePinned() {
        let digests = NetworkManifest.known.map { "\($0.name) \($0.functional.digest.short)" }
        #expect(digests == [
            "clean 762ddd588e33", "fid-tf-2015 856c21ea379e", "inception-v3-torchvision 1b33f0777524", "legacy_pytorch 7d9524c3d6be", "lpips-alex 4dedf2bddfbb",
            "lpips-vgg 0a15fe75670e", "pytorch-fid 6f3a31e03649",
            "torch-fidelity 856c21ea379e", "vgg16-torch-fidelity 493c76766022", "vgg16-torchvision 813bf8181b65",
        ])
    }

    /// Every tensor has a name of its own in TensorFlow's graph.
    @Test func tensorFlowNamesAreThoseOfTheGraph() throws {
        let manifest = try #require(NetworkManifest.known(named: "fid-tf-2015")), names = try #require(manifest.weightNames["tensorflow-graph"])
        #expect(Set(manifest.tensorNames) == Set(names.keys) && Set(names.values).count == names.count)
        for (torch, graph) in [
            ("Conv2d_1a_3x3.conv.weight", "conv/conv2d_params"), ("Conv2d_4a_3x3.bn.running_var", "conv_4/batchnorm/moving_variance"),
            ("Mixed_5b.branch5x5_2.conv.weight", "mixed/tower/conv_1/conv2d_params"), ("Mixed_5d.branch_pool.bn.bias", "mixed_2/tower_2/conv/batchnorm/beta"),
            ("Mixed_6a.branch3x3.conv.weight", "mixed_3/conv/conv2d_params"), ("Mixed_6a.branch3x3dbl_3.conv.weight", "mixed_3/tower/conv_2/conv2d_params"),
            ("Mixed_6e.branch7x7dbl_5.conv.weight", "mixed_7/tower_1/conv_4/conv2d_params"), ("Mixed_7a.branch7x7x3_4.conv.weight", "mixed_8/tower_1/conv_3/conv2d_params"),
            ("Mixed_7b.branch3x3_2b.conv.weight", "mixed_9/tower/mixed/conv_1/conv2d_params"), ("Mixed_7c.branch3x3dbl_3a.bn.weight", "mixed_10/tower_1/mixed/conv/batchnorm/gamma"),
            ("fc.weight", "softmax/weights"), ("fc.bias", "softmax/biases"),
        ] { #expect(names[torch] == graph) }
    }

    @Test func refusesImpossibleNetworks() throws {
        let json = try SmallNetwork.manifest().json
        func refusal(_ change: (inout [String: JSONValue]) -> Void) -> String {
            var members = json.objectValue ?? [:]
            change(&members)
            do {
                _ = try NetworkGraph(NetworkManifest(reading: .object(members)), batch: 1)
                return "accepted"
            } catch { return "\(error)" }
        }
        func layer(_ json: JSONValue) -> String { refusal { $0["layers"] = [json]; $0["outputs"] = ["a": "x"]; $0["features"] = "a"; $0["logits"] = nil } }
        #expect(refusal { _ in } == "accepted")
        #expect(refusal { $0["width"] = 3 }.contains("width"))
        #expect(refusal { $0["outputs"] = ["mean": "sum"]; $0["features"] = "mean"; $0["logits"] = nil } == "output mean: layer sum has pixels; take a global_average of it")
        #expect(refusal { $0["outputs"] = ["mean": "absent"]; $0["features"] = "mean"; $0["logits"] = nil } == "output mean: there is no layer absent")
        #expect(layer(["name": "x", "kind": "relu", "inputs": ["y"]]) == "layer x: there is no layer y before it")
        #expect(layer(["name": "x", "kind": "sum", "inputs": ["images"]]) == "layer x: needs at least two inputs")
        #expect(layer(["name": "x", "kind": "max_pooling", "kernel": [16, 2]]) == "layer x: the kernel 16x2 is larger than its input 15x19")
        #expect(layer(["name": "x", "kind": "max_pooling", "kernel": [3, 3], "padding": [3, 0]]).contains("less than the kernel"))
        #expect(layer(["name": "x", "kind": "depthwise_convolution", "kernel": [3, 3], "outputs": 4, "weight": "w"]).contains("they must be equal"))
        #expect(layer(["name": "x", "kind": "dense", "outputs": 65536, "weight": "w"]) == "accepted")
        #expect(layer(["name": "x", "kind": "convolution", "kernel": [64, 64], "padding": "same", "outputs": 65536, "weight": "w"]).contains("numbers; at most"))
        #expect(layer(["name": "x", "kind": "shuffle"]).contains("shuffle"))
    }

    /// Seeded mutations of a manifest: a network whose shapes are known, or an error; nothing large is allocated.
    @Test func survivesMutations() throws {
        let seed = try SmallNetwork.manifest().json.canonicalBytes
        var changes = ByteChanges(seed: 16), read = 0
        for _ in 0..<3000 {
            guard let json = try? JSONValue(parsing: changes.change(seed, with: seed)), let manifest = try? NetworkManifest(reading: json), let graph = try? NetworkGraph(manifest, batch: 1) else { continue }
            #expect(graph.output(manifest.outputs[manifest.features]!).shape.rank == 2)
            read += 1
        }
        #expect(read > 0 && read < 3000)
    }
}
