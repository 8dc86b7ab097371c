"""The native WebSocket, `/v1/gateway`: snapshot, ordered events, requests (design §9)."""
