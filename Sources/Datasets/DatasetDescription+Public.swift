import Canonical

/// The public data sets, imported from files.
extension DatasetDescription {
    /// Handwritten digits.
    public static let mnist = DatasetDescription(
        name: "mnist", title: "MNIST", summary: "70,000 handwritten digits by Y. LeCun, C. Cortes and C. J. C. Burges, from their four IDX files.",
        origin: .idx([
            IDXPair(
                images: ExpectedFile("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                labels: ExpectedFile("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")),
            IDXPair(
                images: ExpectedFile("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                labels: ExpectedFile("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")),
        ]),
        shape: ImageShape(height: 28, width: 28, channels: 1), classes: 10, splits: sixtyThousand,
        digest: known("28e533edebbee8ba903949a3d490f09f42b27670dabf893a1c9e1c02d537aade"), encoderDataset: "mnist",
        downloads: idxDownloads(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            [
                "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432", "9fb629c4189551a2d022fa330f9573f3",
                "ec29112dd5afa0611ce80d1b7f02629c",
            ]))

    /// Articles of clothing. Images are verified by git blob ID, labels by SHA-256.
    public static let fashionMNIST = DatasetDescription(
        name: "fashion-mnist", title: "Fashion-MNIST",
        summary: "70,000 articles of clothing by Zalando Research (MIT license, Copyright 2017 Zalando SE), from their four IDX files.",
        origin: .idx([
            IDXPair(
                images: ExpectedFile("train-images-idx3-ubyte", gitBlob: "ff2f5a96367a3c1656f09c93649f07143ff8b11e"),
                labels: ExpectedFile("train-labels-idx1-ubyte", fashionTrainLabels)),
            IDXPair(
                images: ExpectedFile("t10k-images-idx3-ubyte", gitBlob: "37bac79bc6f002d965f363e0b20514904504a4d9"),
                labels: ExpectedFile("t10k-labels-idx1-ubyte", fashionTestLabels)),
        ]),
        shape: ImageShape(height: 28, width: 28, channels: 1), classes: 10, splits: sixtyThousand, digest: nil, encoderDataset: "fashion-mnist",
        downloads: idxDownloads(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            [
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe", "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ]))

    /// A reconstruction with pixels close to those of Fashion-MNIST, under a separate name to avoid confusion.
    public static let fashionMNISTApproximate = DatasetDescription(
        name: "fashion-mnist-approximate", title: "Fashion-MNIST (approximate reconstruction)",
        summary: "Fashion-MNIST's labels with images reconstructed from color-mapped copies: similar, but not identical. Results are not comparable with published ones.",
        origin: .idx([
            IDXPair(
                images: ExpectedFile("train-images-approx-idx3-ubyte", "a2ea83cf38a4de586c73639c704c6441734b1014dbda404e6c1311ef14f7b06d"),
                labels: ExpectedFile("train-labels-idx1-ubyte", fashionTrainLabels)),
            IDXPair(
                images: ExpectedFile("t10k-images-approx-idx3-ubyte", "9e6210debf6e76b5bc677dd0cf37ff4048be2064ba2ffe8b44156daa8d45c880"),
                labels: ExpectedFile("t10k-labels-idx1-ubyte", fashionTestLabels)),
        ]),
        shape: ImageShape(height: 28, width: 28, channels: 1), classes: 10, splits: sixtyThousand,
        digest: known("7c94e1c1f9834bd8fc14803d98db65ae927c15bdcca9662dd396baf01deabdc8"), encoderDataset: "fashion-mnist-approximate")

    /// Small photographs. Digests are published for the archives and the Python batches.
    public static let cifar10 = DatasetDescription(
        name: "cifar10", title: "CIFAR-10", summary: "60,000 color photographs of ten classes by A. Krizhevsky, from either of their archives.",
        origin: .cifar10(
            CIFARFiles(
                binaryArchive: ExpectedFile("cifar-10-binary.tar.gz", cifarBinary),
                pythonArchive: ExpectedFile("cifar-10-python.tar.gz", "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"),
                pythonBatches: [
                    ExpectedFile("data_batch_1", md5: "c99cafc152244af753f735de768cd75f"),
                    ExpectedFile("data_batch_2", md5: "d4bba439e000b95fd0a9bffe97cbabec"),
                    ExpectedFile("data_batch_3", md5: "54ebc095f3ab1f0389bbae665268c751"),
                    ExpectedFile("data_batch_4", md5: "634d18415352ddfa80567beed471001a"),
                    ExpectedFile("data_batch_5", md5: "482c414d41f54cd18b22e5b47cb7c3cb"),
                    ExpectedFile("test_batch", md5: "40351d587109b95175f43aff81a1287e"),
                ])),
        shape: ImageShape(height: 32, width: 32, channels: 3), classes: 10, splits: [SplitSize("train", 50_000), SplitSize("test", 10_000)],
        digest: nil, encoderDataset: "cifar10",
        downloads: [
            DatasetDownload(
                address: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", file: "cifar-10-binary.tar.gz", digest: .sha256(known(cifarBinary)))
        ])

    /// Faces, preprocessed as in the study.
    public static let celebA = DatasetDescription(
        celebA: "celeba", title: "CelebA 64 x 64 (the study's crop)",
        summary: "202,599 aligned faces by Z. Liu et al.: central crop of 160 x 160, then bilinear to 64 x 64. Split by list_eval_partition.txt.",
        rule: ImageRule(crop: .center(160), height: 64, width: 64, resize: .bilinear))

    /// Faces, preprocessed as in the WGAN repository.
    public static let celebA108 = DatasetDescription(
        celebA: "celeba-108", title: "CelebA 64 x 64 (crop of 108)",
        summary: "202,599 aligned faces by Z. Liu et al.: 108 x 108 from row 55 and column 35, then bilinear to 64 x 64, as in WassersteinGAN.tensorflow.",
        rule: ImageRule(crop: .box(row: 55, column: 35, height: 108, width: 108), height: 64, width: 64, resize: .bilinear))

    private static let sixtyThousand = [SplitSize("train", 60_000), SplitSize("test", 10_000)]
    private static let fashionTrainLabels = "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
    private static let fashionTestLabels = "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
    private static let cifarBinary = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"

    /// The four gzip files of MNIST and its variants, verified by MD5.
    private static func idxDownloads(_ base: String, _ digests: [String]) -> [DatasetDownload] {
        let names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
        return zip(names, digests).map { DatasetDownload(address: base + $0, file: $0, digest: .md5($1)) }
    }

    private init(celebA name: String, title: String, summary: String, rule: ImageRule) {
        self.init(
            name: name, title: title, summary: summary, origin: .celebA(rule), shape: ImageShape(height: 64, width: 64, channels: 3), classes: 0,
            splits: [SplitSize("train", 162_770), SplitSize("valid", 19_867), SplitSize("test", 19_962)], digest: nil, encoderDataset: nil)
    }
}
