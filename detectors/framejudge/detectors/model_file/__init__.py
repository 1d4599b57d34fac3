"""A model file as a detector: any binary image classifier in a .keras, .onnx or .tflite file."""
