"""The engines that `Benchmarks/engines` measures, each with how its model is made and how it is run.

An engine is a function of a way to prepare, `prepare(source, path)`, which writes what is stored to
`path`, and a way to load, `load(source, path, threads, shape)`, which gives a function from inputs to
the last hidden state; all of it is imported where it is used, as each runs in a process of its own.
"""
import pathlib
import re

PASSAGES = pathlib.Path(__file__).resolve().parent.parent / "fixtures/text/passages.txt"
NAMES = ["input_ids", "attention_mask", "token_type_ids"]


def clauses():
    """Clauses of the fixtures' passages: every other one to compare by, and the rest to calibrate by."""
    parts = re.split(r"(?<=[.,;:!?]) ", PASSAGES.read_text(encoding="utf-8").replace("\n", " "))
    parts = [part for part in parts if part.isascii() and 20 <= len(part) <= 300]
    return parts[::2], parts[1::2]


def inputs(rows, length=None):
    """The inputs of rows of ids, filled up to the longest or to a length."""
    import numpy

    length = length or max(map(len, rows))
    ids = numpy.zeros((len(rows), length), numpy.int64)
    mask = numpy.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, :len(row)] = row
        mask[place, :len(row)] = 1
    return dict(zip(NAMES, (ids, mask, ids * 0)))


def tokens(source, texts):
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(f"{source}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)
    return [tokenizer.encode(text).ids for text in texts]


def drawn(batch, length):
    """Inputs to be timed by."""
    import numpy

    return inputs(numpy.random.default_rng(7).integers(1000, 30000, (batch, length)).tolist())


def encoder(source, attention):
    import transformers

    return transformers.AutoModel.from_pretrained(source, attn_implementation=attention).eval()


def hidden(source):
    """The encoder as a module from its inputs to the last hidden state, as exporters take it."""
    import torch

    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = encoder(source, "eager")

        def forward(self, ids, mask, types):
            values = dict(zip(NAMES, (ids, mask, types)))
            return self.model(**values).last_hidden_state

    return Hidden().eval()


def export(source, path):
    """Writes the encoder as ONNX in f32, if it is not there."""
    import torch

    if path.exists():
        return path
    ids = torch.ones(2, 16, dtype=torch.int64)
    torch.onnx.export(
        hidden(source), (ids, ids, ids * 0), str(path), input_names=NAMES, output_names=["hidden"],
        dynamic_axes={name: {0: "batch", 1: "sequence"} for name in NAMES}, opset_version=17, dynamo=False)
    return path


class Torch:
    needs = ["torch", "transformers"]

    def __init__(self, quantized):
        self.quantized = quantized

    def model(self, source):
        import torch

        model = encoder(source, "sdpa")
        if not self.quantized:
            return model
        return torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)

    def prepare(self, source, path):
        import torch

        torch.save(self.model(source).state_dict(), path)

    def load(self, source, path, threads, shape):
        import torch

        torch.set_num_threads(threads)
        model = self.model(source)

        def run(values):
            with torch.inference_mode():
                tensors = {name: torch.from_numpy(value) for name, value in values.items()}
                return model(**tensors).last_hidden_state.numpy()
        return run


class ONNXRuntime:
    def __init__(self, way):
        self.way = way
        self.needs = ["onnxruntime", "onnx", "torch", "transformers"] + (["onnx_ir"] if way == "4 bits" else [])

    def prepare(self, source, path):
        if self.way == "f32":
            return export(source, path)
        plain = export(source, path.with_name("encoder.onnx"))
        if self.way == "4 bits":
            import onnx
            from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

            quantizer = MatMulNBitsQuantizer(onnx.load(plain), bits=4, block_size=32, is_symmetric=False)
            quantizer.process()
            return quantizer.model.save_model_to_file(str(path))
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(str(plain), str(path), weight_type=QuantType.QInt8, per_channel=True)

    def load(self, source, path, threads, shape):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return lambda values: session.run(None, values)[0]


class OpenVINO:
    def __init__(self, way):
        self.way = way
        self.needs = ["openvino", "onnx", "torch", "transformers"] + (["nncf"] if way != "f32" else [])

    def prepare(self, source, path):
        import openvino

        model = openvino.Core().read_model(export(source, path.with_name("encoder.onnx")))
        if self.way == "weights":
            import nncf

            model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
        if self.way == "4 bits":
            import nncf

            model = nncf.compress_weights(
                model, mode=nncf.CompressWeightsMode.INT4_ASYM, group_size=32, ratio=1.0)
        if self.way == "calibrated":
            import nncf

            rows = [inputs([row]) for row in tokens(source, clauses()[1])]
            model = nncf.quantize(
                model, nncf.Dataset(rows), model_type=nncf.ModelType.TRANSFORMER, subset_size=len(rows))
        path.mkdir(exist_ok=True)
        openvino.save_model(model, path / "model.xml", compress_to_fp16=False)

    def load(self, source, path, threads, shape):
        import openvino

        model = openvino.Core().compile_model(path / "model.xml", "CPU", {
            "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
        request = model.create_infer_request()
        return lambda values: request.infer(values)[0]


class CTranslate2:
    needs = ["ctranslate2", "transformers", "torch"]

    def __init__(self, kind):
        self.kind = kind

    def prepare(self, source, path):
        import ctranslate2

        converter = ctranslate2.converters.TransformersConverter(str(source))
        converter.convert(str(path), quantization=None if self.kind == "float32" else self.kind, force=True)

    def load(self, source, path, threads, shape):
        import ctranslate2
        import numpy

        model = ctranslate2.Encoder(
            str(path), compute_type=self.kind, inter_threads=1, intra_threads=threads)

        def run(values):
            rows = zip(values["input_ids"].tolist(), values["attention_mask"].sum(1).tolist())
            return numpy.array(model.forward_batch([row[:count] for row, count in rows]).last_hidden_state)
        return run


class LiteRT:
    """Has fixed shapes: a model a shape, of which the sentences take the one of 1 × 128."""
    def __init__(self, quantized):
        self.quantized = quantized
        self.needs = ["ai_edge_litert", "litert_torch", "torch", "transformers"]
        self.needs += ["ai_edge_quantizer"] if quantized else []

    shapes = [(1, 128)]

    def prepare(self, source, path):
        path.mkdir(exist_ok=True)
        for shape in self.shapes:
            file = path / "{}x{}.tflite".format(*shape)
            plain = path.with_name("litert-f32") / file.name
            if not plain.exists():
                import litert_torch
                import torch

                plain.parent.mkdir(exist_ok=True)
                # Three tensors: one given twice would be traced as one, and its second place go unread.
                ids, mask = torch.ones(shape, dtype=torch.int64), torch.ones(shape, dtype=torch.int64)
                litert_torch.convert(hidden(source), (ids, mask, ids * 0)).export(str(plain))
            if self.quantized:
                from ai_edge_quantizer import quantizer, recipe

                quantized = quantizer.Quantizer(str(plain))
                quantized.load_quantization_recipe(recipe.dynamic_wi8_afp32())
                quantized.quantize().export_model(str(file), overwrite=True)

    def load(self, source, path, threads, shape):
        from ai_edge_litert.interpreter import Interpreter

        model = Interpreter(str(path / "{}x{}.tflite".format(*shape)), num_threads=threads)
        model.allocate_tensors()
        # Inputs keep the order of the arguments, which their names end with.
        places = sorted(model.get_input_details(), key=lambda detail: detail["name"])
        output = model.get_output_details()[0]["index"]

        def run(values):
            for place, name in zip(places, NAMES):
                model.set_tensor(place["index"], values[name].astype(place["dtype"]))
            model.invoke()
            return model.get_tensor(output)
        return run


class LlamaCpp:
    """Runs what it quantizes of what the package gguf writes: a BERT in llama.cpp's names, in f32."""
    needs = ["llama_cpp", "gguf", "transformers", "torch"]

    # By the name of ours, what is before the number of a layer left out.
    names = {
        "embeddings.word_embeddings": "token_embd",
        "embeddings.position_embeddings": "position_embd",
        "embeddings.token_type_embeddings": "token_types",
        "embeddings.LayerNorm": "token_embd_norm",
        "attention.self.query": "attn_q",
        "attention.self.key": "attn_k",
        "attention.self.value": "attn_v",
        "attention.output.dense": "attn_output",
        "attention.output.LayerNorm": "attn_output_norm",
        "intermediate.dense": "ffn_up",
        "output.dense": "ffn_down",
        "output.LayerNorm": "layer_output_norm",
    }

    def __init__(self, kind):
        self.kind = kind

    def prepare(self, source, path):
        import llama_cpp

        plain = path.with_name("llama.cpp-f32")
        if not plain.exists():
            self.write(source, plain)
        if path == plain:
            return
        parameters = llama_cpp.llama_model_quantize_default_params()
        parameters.ftype = getattr(llama_cpp, "LLAMA_FTYPE_MOSTLY_" + self.kind)
        if llama_cpp.llama_model_quantize(bytes(plain), bytes(path), parameters):
            raise ValueError(f"llama.cpp does not write {self.kind}")

    def write(self, source, path):
        import gguf
        import tokenizers

        model = encoder(source, "eager")
        settings = model.config
        writer = gguf.GGUFWriter(path, "bert")
        writer.add_context_length(settings.max_position_embeddings)
        writer.add_embedding_length(settings.hidden_size)
        writer.add_feed_forward_length(settings.intermediate_size)
        writer.add_block_count(settings.num_hidden_layers)
        writer.add_head_count(settings.num_attention_heads)
        writer.add_layer_norm_eps(settings.layer_norm_eps)
        writer.add_causal_attention(False)
        writer.add_pooling_type(gguf.PoolingType.MEAN)
        words = tokenizers.Tokenizer.from_file(f"{source}/tokenizer.json").get_vocab()
        texts = sorted(words, key=words.get)
        writer.add_tokenizer_model("bert")
        # A word's beginning has a mark here, where the source marks what goes on.
        writer.add_token_list([
            text if text[0] + text[-1] == "[]" else text[2:] if text[:2] == "##" else "\u2581" + text
            for text in texts])
        writer.add_token_type_count(settings.type_vocab_size)
        writer.add_token_types([
            gguf.TokenType.CONTROL if text[0] + text[-1] == "[]" else gguf.TokenType.NORMAL for text in texts])
        writer.add_bos_token_id(words["[CLS]"])
        writer.add_sep_token_id(words["[SEP]"])
        writer.add_pad_token_id(words["[PAD]"])
        writer.add_unk_token_id(words["[UNK]"])
        for name, tensor in model.state_dict().items():
            part, kind = name.removeprefix("encoder.layer.").rsplit(".", 1)
            layer, _, rest = part.partition(".")
            if layer.isdigit() and rest in self.names:
                writer.add_tensor(f"blk.{layer}.{self.names[rest]}.{kind}", tensor.numpy())
            elif part in self.names:
                writer.add_tensor(f"{self.names[part]}.{kind}", tensor.numpy())
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    def load(self, source, path, threads, shape):
        import llama_cpp
        import numpy

        most = 512
        llama_cpp.llama_backend_init()
        settings = llama_cpp.llama_model_default_params()
        model = llama_cpp.llama_model_load_from_file(bytes(path), settings)
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = settings.n_batch = settings.n_ubatch = most
        settings.n_threads = settings.n_threads_batch = threads
        settings.embeddings = True
        settings.pooling_type = llama_cpp.LLAMA_POOLING_TYPE_NONE
        context = llama_cpp.llama_init_from_model(model, settings)
        width = llama_cpp.llama_model_n_embd(model)
        batch = llama_cpp.llama_batch_init(most, 0, 1)

        # A row at a time: of several, each place is multiplied with those of all rows and then masked.
        def run(values):
            hidden = numpy.zeros((*values["input_ids"].shape, width), numpy.float32)
            for row, count in enumerate(values["attention_mask"].sum(1).tolist()):
                for place, token in enumerate(values["input_ids"][row, :count].tolist()):
                    batch.token[place], batch.pos[place] = token, place
                    batch.n_seq_id[place], batch.seq_id[place][0], batch.logits[place] = 1, 0, 1
                batch.n_tokens = count
                if llama_cpp.llama_encode(context, batch):
                    raise ValueError("llama.cpp does not run")
                found = llama_cpp.llama_get_embeddings(context)
                hidden[row, :count] = numpy.ctypeslib.as_array(found, (count, width))
            return hidden
        return run


# By name: the engine, and the way to compute of ours that it is set against.
PEERS = {
    "torch f32": (Torch(False), "f32"),
    "torch int8 dynamic": (Torch(True), "int8"),
    "onnxruntime f32": (ONNXRuntime("f32"), "f32"),
    "onnxruntime int8 dynamic": (ONNXRuntime("int8"), "int8"),
    "openvino f32": (OpenVINO("f32"), "f32"),
    # Takes rows of activations as bytes by itself where weights are bytes.
    "openvino int8 weights": (OpenVINO("weights"), "int8"),
    "openvino int8 calibrated": (OpenVINO("calibrated"), "int8"),
    "ctranslate2 f32": (CTranslate2("float32"), "f32"),
    "ctranslate2 int8": (CTranslate2("int8_float32"), "int8"),
    "litert f32": (LiteRT(False), "f32"),
    "litert int8 dynamic": (LiteRT(True), "int8"),
    "llama.cpp f32": (LlamaCpp("F32"), "f32"),
    "llama.cpp Q8_0": (LlamaCpp("Q8_0"), "int8"),
}

# What stores a model in few bytes, by name.
STORES = {
    name: PEERS[name][0]
    for name in ("onnxruntime int8 dynamic", "openvino int8 weights", "openvino int8 calibrated")
} | {
    "onnxruntime 4 bits": ONNXRuntime("4 bits"),
    "openvino 4 bits": OpenVINO("4 bits"),
} | {f"llama.cpp {kind}": LlamaCpp(kind) for kind in ("Q8_0", "Q6_K", "Q5_K_M", "Q5_0", "Q4_K_M", "Q4_0")}


def embedding(run, row, length=None):
    """The embedding of a row of ids: the normalized mean of its hidden states."""
    import numpy

    mean = numpy.asarray(run(inputs([row], length)))[0, :len(row)].astype(numpy.float64).mean(0)
    return (mean / numpy.linalg.norm(mean)).tolist()


def stored(name, work):
    """Where what an engine stores is."""
    return work / ("encoder.onnx" if name == "onnxruntime f32" else name.replace(" ", "-"))


def stored_bytes(name, work):
    path = stored(name, work)
    if path.is_file():
        return path.stat().st_size
    # Of LiteRT's files, a file a shape, one is what is stored.
    files = list(path.glob("1x128.tflite")) or [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)
