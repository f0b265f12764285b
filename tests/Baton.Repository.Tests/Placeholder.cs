namespace Baton.Repository.Tests;
