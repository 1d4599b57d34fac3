"""bench run --detectors canny,pytorch_module:Network, beside network.pt: torch.jit.script(module)."""


class Network:
    def load(self):
        import torch

        torch.set_num_threads(1)
        self.torch, self.model = torch, torch.jit.load("network.pt").eval()

    def predict(self, image):
        picture = self.torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 255
        with self.torch.inference_mode():
            return float(self.model(picture).sigmoid())
