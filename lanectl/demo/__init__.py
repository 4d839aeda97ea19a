"""The whole lane on one machine: broker, simulator, controller and page, each its own program, none outliving the demo."""
