package io.accesstokens.store.memory;

import io.accesstokens.mint.MintFlowStore;
import io.accesstokens.store.MintFlowStoreContract;

class InMemoryMintFlowStoreTest extends MintFlowStoreContract {

  @Override
  protected MintFlowStore emptyFlows() {
    return new InMemoryMintFlowStore();
  }
}
