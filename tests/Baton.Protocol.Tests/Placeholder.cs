namespace Baton.Protocol.Tests;
